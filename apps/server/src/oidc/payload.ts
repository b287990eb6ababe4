import type { AdapterPayload } from 'oidc-provider';
import { second, type Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { PayloadRow } from './store.ts';

/** The id of a code or a token is as good as the token, so rows are found by its hash, and their content is sealed. */

export const payloadKey = (model: string, id: string): string => `${model}:${hashSecret(id)}`;

export function openPayload(
  { key, payload, consumed_at }: PayloadRow,
  { sealing }: Pick<Platform, 'sealing'>,
): AdapterPayload {
  const opened = JSON.parse(sealing.open(payload, sealed.oidcPayloads.place(key))) as AdapterPayload;
  return consumed_at === null ? opened : { ...opened, consumed: Math.floor(consumed_at / second) };
}
