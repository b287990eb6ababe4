/** A mistake of whoever runs the program, or of the machine, told in one line and without a trace. */
export class PlainError extends Error {}
