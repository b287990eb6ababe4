import { Buffer } from 'node:buffer';
import type { Store, Transaction } from '../../platform/store/store.ts';
import { deleteWords, insertWord, takeWithoutWords, markWordsKept } from './store.ts';

/** The words by which people are found, kept one a row: among a million, a rare one is found without reading all. */

/** Of longer words the beginning finds. */
const longest = 64;

/** The word as it is kept: in hexadecimal, whose order no collation changes. */
const keyOf = (word: string): string => Buffer.from(word.slice(0, longest)).toString('hex');

/** Where the words lie that this pattern of LIKE finds: from the first to before the second. */
export const rangeOf = (beginning: string): { from: string; below: string } => {
  const from = keyOf(beginning.split('_', 1)[0]!);
  // No digit of hexadecimal comes after it.
  return { from, below: `${from}g` };
};

/** Writes down the words of a text as {@link searchTextOf} makes it, in place of the earlier ones. */
export async function keepWords(transaction: Transaction, user_id: string, search: string): Promise<void> {
  await deleteWords.run(transaction, { user_id });
  for (const word of new Set(search.split(' ').filter(Boolean).map(keyOf)))
    await insertWord.run(transaction, { word, user_id });
  await markWordsKept.run(transaction, { id: user_id });
}

/** Those whose words are not kept yet, since an earlier version added them; some at a time, so that others get by. */
export async function keepMissingWords(store: Store): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    const people = await store.transaction(async (transaction) => {
      const some = await takeWithoutWords.all(transaction, { limit: 100 });
      for (const { id, search } of some) await keepWords(transaction, id, search);
      return some.length;
    });
    if (people === 0) return;
  }
}
