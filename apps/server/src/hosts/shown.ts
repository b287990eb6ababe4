import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/**
 * What a host claims of a login (the name of the local user, where somebody comes from, on which terminal) may be words of
 * whoever logs in. It is shown as one line that reads as it is written, and an address only where it is one.
 */

const longest = 64;

/** No control character, nothing that turns the direction or cannot be seen, and not too long. */
export function shownText(text: string, most = longest): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}').replace(/\p{Zs}+/gu, ' ');
  const characters = [...line];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
}

/** The address in `rhost`, without a zone, IPv4-mapped ones as the IPv4 that they are. Null where it is a name, or nothing. */
export function addressOf(rhost: string | null): string | null {
  const text = (rhost ?? '').replace(/%.*$/s, '');
  return isIP(text) && ipaddr.isValid(text) ? ipaddr.process(text).toString() : null;
}

/** A virtual or serial console, or the first X display: what somebody sits at. Others may be of VNC. */
const isConsole = (tty: string | null): boolean =>
  /^(\/dev\/)?(tty(S|USB|AMA)?\d+|console|hvc\d+)$|^:0(\.\d+)?$/.test(tty ?? '');

/**
 * From which network somebody comes: an IPv4 /24 or IPv6 /56; `console` where they sit at the machine. On a
 * pseudo-terminal (sudo), or where none is named, nobody knows whether they came over the network before: `terminal`.
 * Undefined for a name, which whoever has the address chooses in the DNS: that is never familiar.
 */
export function networkOf(rhost: string | null, tty: string | null): string | undefined {
  if (rhost === null || rhost === '') return isConsole(tty) ? 'console' : 'terminal';
  const text = addressOf(rhost);
  if (text === null) return undefined;
  const address = ipaddr.parse(text);
  const bits = address.kind() === 'ipv4' ? 24 : 56;
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(`${text}/${bits}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${text}/${bits}`);
  return `${network.toString()}/${bits}`;
}

/** What asks, in words: "ssh", "sudo on pts/3". */
export function clientOf(service: string, tty: string | null): string {
  const name = service === 'sshd' ? 'ssh' : shownText(service, 32);
  // What sshd gives where there is no terminal yet.
  const terminal = tty === 'ssh' ? undefined : /^(?:\/dev\/)?([A-Za-z0-9/]{1,32})$/.exec(tty ?? '')?.[1];
  return terminal === undefined ? name : `${name} on ${terminal}`;
}
