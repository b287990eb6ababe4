/** What was typed into a field of a form; a field that is missing, or holds a file, counts as empty. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
