/**
 * Lets the person choose files. The input is no part of the page: the app may lock while the system's chooser is open,
 * which takes every screen away, and what was chosen must arrive all the same.
 */
let input: HTMLInputElement | undefined;

export function chooseFiles(
  { accept = '', multiple = false }: { accept?: string; multiple?: boolean },
  onChosen: (files: File[]) => void,
): void {
  input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.multiple = multiple;
  const mine = input;
  mine.addEventListener('change', () => onChosen([...(mine.files ?? [])]));
  mine.click();
}
