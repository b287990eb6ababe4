import { lookup as resolveName, type LookupAddress, type LookupAllOptions } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { second } from './platform.ts';

/**
 * The one client for addresses that others gave us (push endpoints, later metadata, webhooks, logos): https only, no
 * private, loopback or link-local address after resolution, no redirects followed, bounded in time and size. Exceptions
 * are exact origins that the operator named.
 */
export interface GuardedFetch {
  /** @throws BlockedAddress where the address may not be reached; Error where it cannot be, or takes too long. */
  (url: string, request: GuardedRequest): Promise<GuardedResponse>;
}
export interface GuardedRequest {
  method: 'GET' | 'POST';
  headers?: Record<string, string | number>;
  body?: Uint8Array;
}
export interface GuardedResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Uint8Array;
}

export class BlockedAddress extends Error {}

const timeout = 10 * second;
const responseLimit = 256 * 1024;

/** Whether an IP address is one of the public internet. */
export const isPublicAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * The system's resolver keeps a thread of the few that the process has (libuv), which passwords and signatures need too,
 * for as long as a name server is silent. So a name is asked for once at a time, and few names at once.
 */
export function askSparingly(resolve: Resolve, namesAtOnce: number): Resolve {
  const asked = new Map<string, Promise<LookupAddress[]>>();
  const waiting: (() => void)[] = [];
  let free = namesAtOnce;
  async function ask(hostname: string, options: LookupAllOptions): Promise<LookupAddress[]> {
    if (free > 0) free -= 1;
    else await new Promise<void>((turn) => waiting.push(turn));
    try {
      return await new Promise((found, failed) => {
        resolve(hostname, options, (error, addresses) => (error ? failed(error) : found(addresses)));
      });
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }
  return (hostname, options, done) => {
    const key = `${hostname} ${options.family ?? 0} ${options.hints ?? 0}`;
    let answer = asked.get(key);
    if (!answer) {
      answer = ask(hostname, options).finally(() => asked.delete(key));
      asked.set(key, answer);
    }
    void tell(answer, done);
  };
}

async function tell(answer: Promise<LookupAddress[]>, done: Parameters<Resolve>[2]): Promise<void> {
  let addresses: LookupAddress[];
  try {
    addresses = await answer;
  } catch (error) {
    return done(error as Error, []);
  }
  done(null, addresses);
}

/** Resolves like the system does, and refuses a name when any of its addresses is not public: the connection uses just these. */
const publicLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const blocked = addresses.find(({ address }) => !isPublicAddress(address));
      if (blocked || addresses.length === 0) {
        return callback(new BlockedAddress(`${hostname} is at ${blocked?.address}, which is not public`), []);
      }
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };

/** `namesAtOnce`: of all clients together fewer than 4, which is how many threads there are. */
export function createGuardedFetch(allowedOrigins: readonly string[], namesAtOnce = 2): GuardedFetch {
  const lookup = publicLookup(askSparingly(resolveName, namesAtOnce));
  return (address, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const url = URL.parse(address);
      if (!url) return reject(new BlockedAddress('not an address'));
      const trusted = allowedOrigins.includes(url.origin);
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (url.username || url.password) return reject(new BlockedAddress('the address holds credentials'));
      if (!trusted && url.protocol !== 'https:')
        return reject(new BlockedAddress(`${url.origin} is not https`));
      // A literal address is never looked up, so it is checked here.
      if (!trusted && ipaddr.isValid(host) && !isPublicAddress(host)) {
        return reject(new BlockedAddress(`${host} is not public`));
      }
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method,
          headers,
          signal: AbortSignal.timeout(timeout),
          ...(trusted ? {} : { lookup }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > responseLimit) return request.destroy(new Error('the answer is too large'));
            chunks.push(chunk);
          });
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          );
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
}
