/** How a face chooses the language that it speaks; each keeps its own texts, a file a language. */

/** The first of the person's languages (BCP 47) that there is; English where there is none. */
export function pickLanguage(wanted: readonly string[], available: readonly string[]): string {
  for (const tag of wanted) {
    const found =
      available.find((each) => each === tag) ?? available.find((each) => each === tag.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

/** Of a file in the folder: its name is the language's tag. */
export const tagOf = (file: string): string => /([\w-]+)\.ts$/.exec(file)![1]!;
