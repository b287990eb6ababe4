import { english, type SharedTexts } from './english.ts';

/** What the shared pieces say: English, unless a face says otherwise. The Admin Portal never does. */

/** A live binding: every use reads what is spoken at that moment. */
export let t: SharedTexts = english;

export function speakShared(texts: SharedTexts): void {
  t = texts;
}
