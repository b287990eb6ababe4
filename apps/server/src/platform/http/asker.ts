import Bowser from 'bowser';
import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Where something comes from, as far as anybody says. */
export interface From {
  ip: string | null;
  /** The browser in words, such as "Firefox on Linux"; null where the request does not say. */
  client: string | null;
}

/** Who asks, as far as a request shows it. */
export interface Asker extends From {
  ip: string;
}

/** `ip` heeds forwarded headers only from TRUSTED_PROXIES (Fastify's trustProxy is given just those). */
export const askerOf = (request: FastifyRequest): Asker => ({
  ip: plainAddress(request.ip) ?? plainAddress(request.socket.remoteAddress ?? '') ?? 'unknown',
  client: clientInWords(request.headers['user-agent']),
});

/**
 * The address in a text as proxies write it: some add a port, and put IPv6 in brackets then. IPv4-mapped ones are written
 * as the IPv4 that they are. Undefined where it is none, such as the `unknown` of a proxy that hides its clients: then
 * only the proxy itself is known.
 */
function plainAddress(text: string): string | undefined {
  const ip = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(ip) && ipaddr.isValid(ip) ? ipaddr.process(ip).toString() : undefined;
}

/** The unit in which sources are counted: an IPv4 address, or the /64 network that one IPv6 customer has. */
export function sourceOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return `${(address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/** The last few hundred, since parsing one takes longer than all else that a call asks of its headers. */
const parsedClients = new Map<string, string | null>();
const mostParsed = 500;

export function clientInWords(userAgent: string | undefined): string | null {
  if (!userAgent) return null;
  let client = parsedClients.get(userAgent);
  if (client === undefined) {
    client = parseClient(userAgent);
    if (parsedClients.size >= mostParsed) parsedClients.clear();
    parsedClients.set(userAgent, client);
  }
  return client;
}

/**
 * The only names that are told. Of a browser that it does not know the parser takes the name from the header itself: a
 * stranger would write a sentence of their own on the phone that is to approve, and into mails.
 */
const browserNames = new Set(Object.values(Bowser.BROWSER_MAP));

function parseClient(userAgent: string): string | null {
  const { browser, os } = Bowser.parse(userAgent.slice(0, 512));
  if (!browser.name || !browserNames.has(browser.name)) return null;
  return os.name ? `${browser.name} on ${os.name}` : browser.name;
}
