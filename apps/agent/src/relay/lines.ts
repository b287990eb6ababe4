/**
 * The lines between the PAM module and the agent (docs/hosts.md, "Between the module and the agent"): each is written and
 * read here, by both ends of it. Reading is strict. Whatever is not exactly such a line is undefined, and a refusal.
 */

/** Bytes, the `\n` among them. */
export const lineLimit = 1024;

/** What the module says of the login, in the order in which it says it. */
export interface Asked {
  local_user: string;
  service: string;
  rhost: string | null;
  tty: string | null;
  ruser: string | null;
  uid: number;
  pid: number;
  /** Seconds that the module gives the whole conversation. */
  timeout: number;
  /** Whether something can be asked. */
  interactive: boolean;
}
export type FromModule = { word: 'CSP1'; asked: Asked } | { word: 'ANS'; text: string } | { word: 'CANCEL' };

export type LastWord = { word: 'OK' } | { word: 'DENY' | 'STOP' | 'UNAVAIL'; text: string };
export type FromAgent =
  LastWord | { word: 'INFO' | 'ERROR'; text: string } | { word: 'ASK'; echo: boolean; text: string };

const greeting =
  /^CSP1 user=(\S*) service=(\S*) rhost=(\S*) tty=(\S*) ruser=(\S*) uid=(\d{1,10}) pid=(\d{1,10}) timeout=(\d{1,4}) interactive=([01])$/;
const value = /^(?:[A-Za-z0-9._:/@-]|%[0-9A-Fa-f]{2})*$/;

/** `line` without its `\n`, a character a byte. */
export function readFromModule(line: string): FromModule | undefined {
  if (line === 'CANCEL') return { word: 'CANCEL' };
  if (line.startsWith('ANS ')) {
    const text = readText(line.slice(4));
    return text === undefined ? undefined : { word: 'ANS', text };
  }
  const said = greeting.exec(line);
  if (!said) return undefined;
  const [localUser, service] = [decode(said[1]!), decode(said[2]!)];
  // The bounds of packages/protocol/src/wire/host.ts: the server would refuse anything longer.
  if (!localUser || localUser.length > 256 || !service || service.length > 64) return undefined;
  const [uid, pid, timeout] = [said[6]!, said[7]!, said[8]!].map(Number) as [number, number, number];
  if (timeout < 1 || timeout > 3600) return undefined;
  const claims = [said[3]!, said[4]!, said[5]!].map(claimed);
  if (claims.includes(undefined)) return undefined;
  const [rhost, tty, ruser] = claims as (string | null)[];
  return {
    word: 'CSP1',
    asked: {
      local_user: localUser,
      service,
      rhost: rhost!,
      tty: tty!,
      ruser: ruser!,
      uid,
      pid,
      timeout,
      interactive: said[9] === '1',
    },
  };
}

/** What the module's C writes; here for tests. */
export function writeFromModule(line: FromModule): string {
  if (line.word === 'CANCEL') return 'CANCEL\n';
  if (line.word === 'ANS') return `ANS ${line.text}\n`;
  const { local_user, service, rhost, tty, ruser, uid, pid, timeout, interactive } = line.asked;
  const named = { user: local_user, service, rhost: rhost ?? '', tty: tty ?? '', ruser: ruser ?? '' };
  const fields = Object.entries(named).map(([name, text]) => `${name}=${encode(text)}`);
  return `CSP1 ${fields.join(' ')} uid=${uid} pid=${pid} timeout=${timeout} interactive=${Number(interactive)}\n`;
}

export function writeFromAgent(line: FromAgent): string {
  if (line.word === 'OK') return 'OK\n';
  const head = line.word === 'ASK' ? `ASK ${line.echo ? 'on' : 'off'}` : line.word;
  return `${head} ${cut(plain(line.text), lineLimit - head.length - 2)}\n`;
}

/** What the module's C reads, a character a byte; here for tests. */
export function readFromAgent(line: string): FromAgent | undefined {
  if (line === 'OK') return { word: 'OK' };
  const found = /^(INFO|ERROR|DENY|STOP|UNAVAIL|ASK on|ASK off) (.*)$/s.exec(line);
  const text = found && readText(found[2]!);
  if (text === null || text === undefined) return undefined;
  const word = found![1]!;
  if (word.startsWith('ASK')) return { word: 'ASK', echo: word === 'ASK on', text };
  return { word: word as 'INFO' | 'ERROR' | 'DENY' | 'STOP' | 'UNAVAIL', text };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const laxUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const toUtf8 = new TextEncoder();

/** Percent-decoded; undefined where something is not so encoded. */
function bytesOf(text: string): Uint8Array | undefined {
  if (!value.test(text)) return undefined;
  return Uint8Array.from(text.match(/%..|./g) ?? [], (each) =>
    each.length === 3 ? Number.parseInt(each.slice(1), 16) : each.charCodeAt(0),
  );
}

/** A name. Undefined also where it is no UTF-8, or holds a NUL, which no text of PAM has. */
function decode(text: string): string | undefined {
  const bytes = bytesOf(text);
  return bytes && !bytes.includes(0) ? strictly(bytes) : undefined;
}

/** What is only shown to somebody may be any bytes, and is cut where it is long. */
function claimed(text: string): string | null | undefined {
  const bytes = bytesOf(text);
  if (!bytes) return undefined;
  const whole = laxUtf8.decode(bytes).replaceAll('\0', '\ufffd');
  // A cut between the halves of a surrogate pair leaves one of them.
  return whole === '' ? null : whole.slice(0, 256).replace(/[\ud800-\udbff]$/, '');
}

const encode = (text: string): string =>
  Array.from(toUtf8.encode(text), (byte) => {
    const ascii = String.fromCharCode(byte);
    return /[A-Za-z0-9._:/@-]/.test(ascii) ? ascii : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

function strictly(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The rest of a line as text: UTF-8 without control characters. */
function readText(bytes: string): string | undefined {
  const text = strictly(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  return text === undefined || /\p{Cc}/u.test(text) ? undefined : text;
}

/** Ends before the first character with which it would be longer than `limit` bytes. */
function cut(text: string, limit: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += toUtf8.encode(character).length;
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}

/** It goes to a terminal: without controls (an escape sequence rewrites the screen) and what turns the direction. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, ' ');
