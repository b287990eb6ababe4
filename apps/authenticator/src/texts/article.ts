/** An article of the help: its title, and a paragraph each. */
export interface Article {
  title: string;
  paragraphs: string[];
}
export type Articles = Record<string, Article>;

export const article = (title: string, paragraphs: string[]): Article => ({ title, paragraphs });
