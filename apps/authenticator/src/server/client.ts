import { signProof } from '@countersign/protocol';
import type { Problem } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { changeAccount } from '../accounts/database.ts';
import { noteServerTime } from './clock.ts';
import { noteContact } from './contact.ts';
import { OfflineError, ProblemError } from './failure.ts';

/** Calls to the authenticator's API: with a proof of possession, or, before there is a key, without. */

type Signer = Pick<Account, 'issuer' | 'keys' | 'clockOffset'> &
  Partial<Pick<Account, 'id' | 'lastReachedAt'>>;

/** How far this device's clock is off before it is worth correcting, in milliseconds. */
const noticeableOffset = 5_000;

/** The server's time as this device reckons it, in milliseconds since 1970. */
export const serverNow = ({ clockOffset }: Pick<Account, 'clockOffset'>): number => Date.now() + clockOffset;

/** @throws ProblemError, OfflineError */
export async function callPublic<T>(issuer: string, path: string, body?: unknown): Promise<T> {
  return readAnswer<T>(
    await send(`${issuer}/authenticator/v1${path}`, body === undefined ? 'GET' : 'POST', body),
  );
}

/**
 * A call with its proof. Where the server refuses the proof and its clock shows that this device's is off, the call is
 * made once more with the time corrected. @throws ProblemError, OfflineError
 */
export async function call<T>(signer: Signer, method: string, path: string, body?: unknown): Promise<T> {
  try {
    return await callOnce<T>(signer, method, path, body);
  } catch (error) {
    const offset =
      error instanceof ProblemError && error.code === 'invalid_proof' ? offsetOf(error) : undefined;
    if (offset === undefined || Math.abs(offset - signer.clockOffset) < noticeableOffset) throw error;
    signer.clockOffset = offset;
    if (signer.id) await changeAccount(signer.id, { clockOffset: offset });
    return callOnce<T>(signer, method, path, body);
  }
}

async function callOnce<T>(signer: Signer, method: string, path: string, body: unknown): Promise<T> {
  const url = `${signer.issuer}/authenticator/v1${path}`;
  const answer = await readAnswer<T>(await send(url, method, body, signer));
  noteContact(signer);
  return answer;
}

/** Opens the stream of requests; the caller reads its body. @throws ProblemError, OfflineError */
export async function openStream(signer: Signer, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await send(`${signer.issuer}/authenticator/v1/events`, 'GET', undefined, signer, signal);
  if (!response.ok || !response.body) await readAnswer(response);
  noteContact(signer);
  return response.body!;
}

async function send(
  url: string,
  method: string,
  body: unknown,
  signer?: Signer,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
  const headers: Record<string, string> = bytes ? { 'content-type': 'application/json' } : {};
  if (signer) headers.dpop = await signProof({ method, url, body: bytes }, signer.keys, serverNow(signer));
  try {
    const response = await fetch(url, { method, headers, body: bytes, signal, cache: 'no-store' });
    noteServerTime(Date.parse(response.headers.get('date') ?? ''));
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new OfflineError();
  }
}

async function readAnswer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
  let problem: Problem | undefined;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // A proxy's page, not the server's answer.
  }
  if (!problem?.code) throw new OfflineError();
  throw new ProblemError(problem);
}

const offsetOf = ({ problem }: ProblemError): number | undefined => {
  const time = Date.parse(problem.server_time);
  return Number.isNaN(time) ? undefined : time - Date.now();
};
