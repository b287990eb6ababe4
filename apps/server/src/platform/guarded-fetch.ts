import { lookup as resolveName, type LookupAddress } from 'node:dns';
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

/** Resolves like the system does, and refuses a name when any of its addresses is not public: the connection uses just these. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, []);
    const blocked = addresses.find(({ address }) => !isPublicAddress(address));
    if (blocked || addresses.length === 0) {
      return callback(new BlockedAddress(`${hostname} is at ${blocked?.address}, which is not public`), []);
    }
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

export function createGuardedFetch(allowedOrigins: readonly string[]): GuardedFetch {
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
          ...(trusted ? {} : { lookup: publicLookup }),
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
