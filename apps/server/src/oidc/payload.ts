import type { AdapterPayload } from 'oidc-provider';
import { second, type Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { PayloadRow } from './store.ts';

/** The id of a code or a token is as good as the token, so rows are found by its hash, and their content is sealed. */

export const payloadKey = (model: string, id: string): string => `${model}:${hashSecret(id)}`;

/** What the library reads at every step of a sign-in: the last ones stay open, as long as the row is the same. */
const readOften = /^(Session|Grant):/;
const opened = new Map<string, { from: string; text: string }>();
const mostOpened = 2_000;

export function openPayload(
  { key, payload, consumed_at }: PayloadRow,
  { sealing }: Pick<Platform, 'sealing'>,
): AdapterPayload {
  const known = opened.get(key);
  const text = known?.from === payload ? known.text : sealing.open(payload, sealed.oidcPayloads.place(key));
  if (readOften.test(key) && known?.from !== payload) {
    if (opened.size >= mostOpened) opened.clear();
    opened.set(key, { from: payload, text });
  }
  const content = JSON.parse(text) as AdapterPayload;
  return consumed_at === null ? content : { ...content, consumed: Math.floor(consumed_at / second) };
}
