import Bowser from 'bowser';
import ipaddr from 'ipaddr.js';
import type { FastifyRequest } from 'fastify';

/** Who asks, as far as a request shows it. */
export interface Asker {
  ip: string;
  /** The browser in words, such as "Firefox on Linux"; null where the request does not say. */
  client: string | null;
}

/** `ip` heeds forwarded headers only from TRUSTED_PROXIES (Fastify's trustProxy is given just those). */
export const askerOf = (request: FastifyRequest): Asker => ({
  ip: plainAddress(request.ip),
  client: clientInWords(request.headers['user-agent']),
});

/** IPv4-mapped addresses are written as the IPv4 that they are. */
const plainAddress = (ip: string): string => (ipaddr.isValid(ip) ? ipaddr.process(ip).toString() : ip);

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

export function clientInWords(userAgent: string | undefined): string | null {
  if (!userAgent) return null;
  const { browser, os } = Bowser.parse(userAgent.slice(0, 512));
  if (!browser.name) return null;
  return os.name ? `${browser.name} on ${os.name}` : browser.name;
}
