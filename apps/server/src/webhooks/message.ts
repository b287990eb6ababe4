import { createHmac } from 'node:crypto';
import type { GuardedFetch } from '../platform/guarded-fetch.ts';
import { second } from '../platform/platform.ts';

/** A message as the Standard Webhooks specification (version 1.0.0) has it: its headers, its signature. */

const prefix = 'whsec_';

/** A secret as it is shown: 256 random bits in Base64. */
export const newSecret = (random: (bytes: number) => Uint8Array): string =>
  prefix + Buffer.from(random(32)).toString('base64');

/** HMAC-SHA256 over id, time (seconds) and body, by the bytes that the secret stands for. */
function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export interface Message {
  /** The same whenever it is sent again: by it the receiver knows that it has it. */
  id: string;
  type: string;
  /** RFC 3339: when it happened. */
  timestamp: string;
  data: object;
}

export interface Outcome {
  delivered: boolean;
  /** Undefined where there was no answer. */
  status?: number;
  /** Why it was not delivered, in a sentence. */
  error?: string;
}

/** Sends it, and waits 10 seconds at the most (see guarded-fetch.ts). Only a 2xx says that it has come. */
export async function send(
  { url, secret }: { url: string; secret: string },
  { id, ...content }: Message,
  now: number,
  guardedFetch: GuardedFetch,
): Promise<Outcome> {
  const body = JSON.stringify(content);
  const timestamp = Math.floor(now / second);
  try {
    const { status } = await guardedFetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Countersign',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(secret, id, timestamp, body),
      },
      body: new TextEncoder().encode(body),
    });
    if (status >= 200 && status < 300) return { delivered: true, status };
    return { delivered: false, status, error: `it answered ${status}` };
  } catch (error) {
    return { delivered: false, error: (error as Error).message.slice(0, 300) };
  }
}
