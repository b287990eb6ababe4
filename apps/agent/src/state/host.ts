import { join } from 'node:path';
import { isJsonObject, parseStrictJson, readPresenceJwk, type PresenceJwk } from '@countersign/protocol';
import { Damaged, readOwnFile, replaceFile } from './files.ts';

/** Who this host is to the server, and by which keys it knows the server: `host.json`. It is written last in joining. */

export interface HostIdentity {
  issuer: string;
  host: { id: string; name: string };
  group: { name: string };
  /** The current one, and the next. */
  verdict_keys: PresenceJwk[];
}

export const hostFile = 'host.json';
/** Certificates to trust in the place of the usual ones. */
export const certificatesFile = 'ca.pem';

/** Undefined where this host has not joined. @throws Damaged */
export async function readHost(folder: string): Promise<HostIdentity | undefined> {
  const path = join(folder, hostFile);
  const text = await readOwnFile(path);
  if (text === undefined) return undefined;
  const value = parseStrictJson(text);
  if (!isJsonObject(value)) throw new Damaged(path, 'is damaged: it is no JSON');
  const { issuer, host, group, verdict_keys } = value;
  const keys = Array.isArray(verdict_keys) ? verdict_keys.map(readPresenceJwk) : [];
  const isWhole =
    typeof issuer === 'string' &&
    URL.parse(issuer)?.origin === issuer &&
    isNamed(host) &&
    isJsonObject(group) &&
    typeof group.name === 'string' &&
    keys.length > 0 &&
    !keys.includes(undefined);
  if (!isWhole) throw new Damaged(path, 'is damaged: something is missing in it');
  return {
    issuer,
    host: host as HostIdentity['host'],
    group: group as HostIdentity['group'],
    verdict_keys: keys as PresenceJwk[],
  };
}

const isNamed = (value: unknown): boolean =>
  isJsonObject(value) && typeof value.id === 'string' && typeof value.name === 'string';

export const writeHost = (folder: string, host: HostIdentity): Promise<void> =>
  replaceFile(join(folder, hostFile), `${JSON.stringify(host, undefined, 2)}\n`);
