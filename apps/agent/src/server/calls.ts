import {
  isJsonObject,
  issuedAtTolerance,
  parseStrictJsonBytes,
  signProof,
  type JsonValue,
} from '@countersign/protocol';
import type { HostLogin, OfflineLogins, AskConfiguration } from '@countersign/protocol/wire';
import type { Answer, LoginServer } from '../login/effects.ts';
import { NoAnswer, type Received, type Transport } from './http.ts';
import { isId, readLogin } from './read.ts';
import { clockTrouble, troubleOf } from './trouble.ts';

/** The calls of a host (docs/hosts.md): each with a proof by its key, each answered, refused or out of reach. */

export interface HostServer extends LoginServer {
  configuration(asked: AskConfiguration): Promise<Answer<string>>;
  offlineLogins(entries: OfflineLogins['entries']): Promise<Answer<true>>;
  leave(): Promise<Answer<true>>;
}

/** Milliseconds, after which the server counts as out of reach. */
const answerWithin = 10_000;
/** A connection that was kept open, and closed by the server when the call was on its way. */
const isStale = (error: unknown): boolean => {
  const { reused, code } = error as { reused?: boolean; code?: string };
  return reused === true && (code === 'ECONNRESET' || code === 'EPIPE');
};

export function createHostServer({
  issuer,
  transport,
  keys,
  now,
  within = answerWithin,
}: {
  issuer: string;
  transport: Transport;
  keys: CryptoKeyPair;
  now: () => number;
  within?: number;
}): HostServer {
  async function call<T>(
    method: string,
    path: string,
    { body, read, more = 0, signal }: CallOptions<T>,
  ): Promise<Answer<T>> {
    const url = `${issuer}/host/v1${path}`;
    const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
    let received: Received;
    const end = performance.now() + within + more;
    for (let isFirst = true; ; isFirst = false) {
      // A proof is taken once, so each try has its own.
      const dpop = await signProof({ method, url, body: bytes }, keys, now());
      const headers = {
        dpop,
        accept: 'application/json',
        ...(bytes ? { 'content-type': 'application/json' } : {}),
      };
      try {
        // Of both tries together: a module that hears nothing for 15 seconds takes the agent for one that is away.
        received = await transport.send({
          method,
          url,
          headers,
          body: bytes,
          within: Math.max(1, end - performance.now()),
          signal,
        });
        break;
      } catch (error) {
        if (isFirst && isStale(error)) continue;
        if (error instanceof NoAnswer) return broken(error.message);
        return { kind: 'outage', reason: troubleOf(error) };
      }
    }
    return answerOf(received, read, now());
  }

  const login = (about?: string) => (value: JsonValue | undefined) => {
    const found = readLogin(value);
    // An answer about another login is none.
    return found && (about === undefined || found.id === about) ? found : undefined;
  };

  return {
    begin: (body) => call('POST', '/logins', { body, read: login() }),
    wait: (id, seconds, seen, signal) =>
      call<HostLogin>('GET', `/logins/${id}?wait=${seconds}&seen=${encodeURIComponent(seen)}`, {
        read: login(id),
        more: seconds * 1000,
        signal,
      }),
    code: (id, code) => call('POST', `/logins/${id}/code`, { body: { code }, read: login(id) }),
    cancel: (id) => call('DELETE', `/logins/${id}`, { read: nothing }),
    configuration: (body) =>
      call('POST', '/configuration', {
        body,
        read: (value) =>
          isJsonObject(value) && typeof value.configuration === 'string' ? value.configuration : undefined,
      }),
    offlineLogins: (entries) => call('POST', '/offline-logins', { body: { entries }, read: nothing }),
    leave: () => call('DELETE', '/self', { read: nothing }),
  };
}

interface CallOptions<T> {
  body?: object;
  /** Undefined where it is not what this call answers. */
  read: (value: JsonValue | undefined) => T | undefined;
  /** Milliseconds that the call may take beside. */
  more?: number;
  signal?: AbortSignal;
}
const nothing = (): true => true;

/** Judges an answer: the contract's table of what is a denial and what is an outage. */
export function answerOf<T>(
  { status, headers, body }: Received,
  read: (value: JsonValue | undefined) => T | undefined,
  now: number,
): Answer<T> {
  if (status >= 502 && status <= 504) return { kind: 'outage', reason: `it answers ${status}` };
  if (status >= 300 && status < 400)
    return broken(
      `it answers ${status}, to go to ${String(headers.location).slice(0, 200)}, which is not followed`,
    );
  const value = parseStrictJsonBytes(body);
  if (status >= 200 && status < 300) {
    const found = read(value);
    if (found === undefined)
      return broken(`its answer (${status}, ${body.length} bytes) is not of this protocol`);
    return { kind: 'answered', value: found as T };
  }
  const problem = isJsonObject(value) ? value : {};
  const code = typeof problem.code === 'string' && isId(problem.code) ? problem.code : `status ${status}`;
  const serverTime = typeof problem.server_time === 'string' ? problem.server_time : undefined;
  const skew =
    code === 'invalid_proof' || code === 'clock_skew'
      ? clockTrouble(serverTime, now, issuedAtTolerance)
      : undefined;
  if (skew) return { kind: 'refused', code: `${code}: ${skew}`, text: `${capital(skew)}.` };
  const detail = typeof problem.detail === 'string' ? problem.detail.slice(0, 300) : '';
  const text =
    detail ||
    (status === 429 ? 'Too many tries. Wait, then try again.' : 'The server does not allow this login.');
  return {
    kind: 'refused',
    code,
    text,
    ...(typeof problem.tries_left === 'number' ? { triesLeft: problem.tries_left } : {}),
  };
}

const broken = (what: string): { kind: 'refused'; code: string; text: string } => ({
  kind: 'refused',
  code: what,
  text: 'The answer of the server does not hold. The log of this host says why.',
});

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
