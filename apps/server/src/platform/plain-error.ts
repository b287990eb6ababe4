/** A mistake of whoever runs the program, told to them in plain words and without a trace. */
export class PlainError extends Error {}
