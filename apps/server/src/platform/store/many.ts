/** One statement for a page of rows, by a list of values: neither engine takes a list as a parameter that both know. */

/** So many values at once. */
export const atOnce = 100;

/** What stands between the brackets of `IN ()`. */
export const places: string = Array.from({ length: atOnce }, (_, index) => `:at_${index}`).join(', ');

/** Parameters for up to {@link atOnce} values; the places that are left look for what nobody has. */
export const many = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: atOnce }, (_, index) => [`at_${index}`, values[index] ?? '']));
