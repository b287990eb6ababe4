/** One member that a change touched. */
export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What differs between two trees, by path; everything where there was nothing before. */
export function changesBetween(before: unknown, after: unknown, path = ''): Change[] {
  if (isTree(before) || isTree(after)) {
    const was = isTree(before) ? before : {};
    const is = isTree(after) ? after : {};
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
      changesBetween(was[name], is[name], path ? `${path}.${name}` : name),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** A value as it is read aloud: no quotes, no braces. */
export function valueInWords(value: unknown): string {
  if (value === undefined) return 'not set';
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueInWords).join(', ');
  if (isTree(value)) {
    return Object.entries(value)
      .map(([name, member]) => `${wordsOf(name)}: ${valueInWords(member)}`)
      .join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `push_override` is read "Push override". */
export function wordsOf(name: string): string {
  const words = name.replaceAll('_', ' ').replaceAll('.', ' › ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
