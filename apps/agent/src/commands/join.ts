import { hostname } from 'node:os';
import { join as joinPath } from 'node:path';
import { readFile } from 'node:fs/promises';
import { issuedAtTolerance, isJsonObject, readPresenceJwk, type JsonValue } from '@countersign/protocol';
import { isJoinMac, joinMac, readJoinToken } from '@countersign/protocol/host';
import { oneLine } from '../log.ts';
import { emptyRecord, recordFile } from '../offline/record.ts';
import { operatingSystem } from '../operating-system.ts';
import { PlainError } from '../plain-error.ts';
import { answerOf } from '../server/calls.ts';
import { createTransport } from '../server/http.ts';
import { isId } from '../server/read.ts';
import { clockTrouble, troubleOf } from '../server/trouble.ts';
import { makeFolder, replaceFile } from '../state/files.ts';
import { certificatesFile, readHost, writeHost, type HostIdentity } from '../state/host.ts';
import { makeKeys } from '../state/keys.ts';
import { version } from '../version.ts';

/** `countersign-agent join`: both sides prove that they know the token, which never travels (docs/hosts.md, "Joining"). */

export interface Join {
  url: string;
  token: string;
  folder: string;
  name?: string;
  /** A file of certificates. */
  ca?: string;
  now?: () => number;
}

const within = 10_000; // ms

export async function join({ url, token, folder, name, ca, now = Date.now }: Join): Promise<HostIdentity> {
  const issuer = issuerOf(url);
  const key = await readJoinToken(token);
  if (!key) throw new PlainError('That is no join token: 40 letters and digits in groups of five.');
  const hostName =
    name ??
    (hostname()
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 100) ||
      'host');
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(hostName))
    throw new PlainError('The name of a host is 1 to 100 letters, digits, dots, hyphens and underscores.');
  const certificates = ca === undefined ? undefined : await readCertificates(ca);
  await makeFolder(folder);
  const already = await readHost(folder);
  if (already)
    throw new PlainError(
      `This host has joined ${already.issuer} as ${already.host.name}: "countersign-agent leave" first.`,
    );

  const keys = await makeKeys(folder);
  const message = {
    token_id: key.id,
    host_key: { ...keys.hostJwk },
    sealing_key: { ...keys.sealingJwk },
    name: hostName,
    os: operatingSystem(),
    agent_version: version,
    iat: Math.floor(now() / 1000),
  };
  const mac = await joinMac(message, key);
  const answer = await send(issuer, { ...message, mac }, certificates, now);
  if (!isJsonObject(answer) || typeof answer.mac !== 'string') throw new PlainError(notOurs);
  const { host, group, verdict_keys } = answer;
  const said = { request: mac, host: host!, group: group!, verdict_keys: verdict_keys! };
  const isWhole = [host, group, verdict_keys].every((each) => each !== undefined);
  if (!isWhole || !(await isJoinMac(answer.mac, said, key)))
    throw new PlainError(
      'The answer does not prove that it is by the server that made the token. Somebody may be in between.',
    );
  const verdictKeys = Array.isArray(verdict_keys) ? verdict_keys.map(readPresenceJwk) : [];
  const isUsable =
    isJsonObject(host) &&
    isId(host.id) &&
    typeof host.name === 'string' &&
    isJsonObject(group) &&
    typeof group.name === 'string';
  if (!isUsable || verdictKeys.length === 0 || verdictKeys.includes(undefined)) throw new PlainError(notOurs);

  const identity: HostIdentity = {
    issuer,
    host: { id: host.id as string, name: host.name as string },
    group: { name: group.name as string },
    verdict_keys: verdictKeys as HostIdentity['verdict_keys'],
  };
  if (certificates !== undefined) await replaceFile(joinPath(folder, certificatesFile), certificates);
  // A host that joins has a new id, so every secret is new, and no code of it was used.
  await replaceFile(joinPath(folder, recordFile), `${JSON.stringify(emptyRecord(0))}\n`);
  await writeHost(folder, identity);
  return identity;
}

const notOurs = 'The answer is not that of a Countersign server. Is the address right?';

/** Without TLS only to this machine itself: for trying it out. */
export function issuerOf(text: string): string {
  const url = URL.parse(text);
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)))
    throw new PlainError('The address of the server begins with https://.');
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/')
    throw new PlainError(`The address of the server ends after its name: ${url.origin}`);
  return url.origin;
}

async function readCertificates(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PlainError(`${path} cannot be read: ${error.code}`);
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new PlainError(`${path} holds no certificate in PEM.`);
  return text;
}

async function send(
  issuer: string,
  message: { [name: string]: JsonValue },
  ca: string | undefined,
  now: () => number,
): Promise<JsonValue> {
  const transport = createTransport({ ca });
  try {
    const received = await transport.send({
      method: 'POST',
      url: `${issuer}/host/v1/join`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: new TextEncoder().encode(JSON.stringify(message)),
      within,
    });
    const answer = answerOf<JsonValue>(received, (value) => value, now());
    if (answer.kind === 'answered') return answer.value;
    if (answer.kind === 'outage') throw new PlainError(`The server cannot be reached: ${answer.reason}.`);
    const skew = answer.code.startsWith('clock_skew') ? clockTrouble : undefined;
    const more =
      answer.code === 'host_name_taken' ? ' The option --name NAME gives this host another one.' : '';
    throw new PlainError(
      skew
        ? `${answer.text} Set the clock (more than ${issuedAtTolerance} seconds off), then join again.`
        : oneLine(`The server refused: ${answer.text} (${answer.code})${more}`),
    );
  } catch (error) {
    if (error instanceof PlainError) throw error;
    throw new PlainError(`The server cannot be reached: ${troubleOf(error)}.`, { cause: error });
  } finally {
    transport.close();
  }
}
