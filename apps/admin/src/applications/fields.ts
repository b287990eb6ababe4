/** What a form says of an application's field before the server is asked; undefined where nothing is wrong. */

export function checkName(name: string): string | undefined {
  if (name.trim() === '') return 'Give the name that people will see.';
  return name.length > 100 ? 'A name may have at most 100 characters.' : undefined;
}

export function checkUrl(text: string): string | undefined {
  if (text.trim() === '') return 'Give the address that it opens.';
  const url = URL.parse(text.trim());
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return 'This is no web address, such as https://wiki.example.com.';
  return url.username || url.password
    ? 'A password has no place in an address that everybody sees.'
    : undefined;
}
