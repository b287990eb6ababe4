/** `text` without the `=` at its end. No regular expression: those take a square of the time where more text follows. */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '=') end -= 1;
  return text.slice(0, end);
}
