import { join } from 'node:path';
import { issuedAtTolerance, presenceThumbprint, type PresenceJwk } from '@countersign/protocol';
import { verifyConfiguration, type HostConfigurationClaims } from '@countersign/protocol/host';
import type { Log } from '../log.ts';
import { readOwnFile, replaceFile } from './files.ts';
import { writeHost, type HostIdentity } from './host.ts';

/** What the server said last of this host, as it signed it: `configuration.jws`. */

export type HeldConfiguration = HostConfigurationClaims & { iat: number; exp: number };

export interface Configuration {
  /** What holds now; a problem where nothing does. `shut`: nobody may be let in by whatever else would decide then. */
  current(): HeldConfiguration | NoConfiguration;
  /** The keys that sign verdicts. */
  keys(): readonly PresenceJwk[];
  /** Thumbprint of the newest one that is on the disk. */
  newestKey(): Promise<string>;
  /** Takes what the server sent; the reason where it is not taken. */
  take(jws: string): Promise<string | undefined>;
  /** The server has revoked this host: nothing of what it said before holds, also while it is away. */
  revoke(): Promise<void>;
  /** Writes down that it was revoked, where the disk did not take that before. */
  writeRevoked(): Promise<void>;
}
export interface NoConfiguration {
  problem: string;
  shut: boolean;
}

export const configurationFile = 'configuration.jws';
const revoked = 'revoked';
const wasRevoked: NoConfiguration = { problem: 'this host was revoked', shut: true };

export async function openConfiguration(
  folder: string,
  identity: HostIdentity,
  now: () => number,
  log: Log,
): Promise<Configuration> {
  const path = join(folder, configurationFile);
  const expected = { iss: identity.issuer, aud: identity.host.id };
  let keys: readonly PresenceJwk[] = identity.verdict_keys;
  /** Until the server has heard that the others are known here, it signs with one of these. */
  let before: readonly PresenceJwk[] = [];
  let held: HeldConfiguration | undefined;
  let none: NoConfiguration = { problem: 'there is no configuration of the server yet', shut: false };

  try {
    const text = await readOwnFile(path);
    if (text?.trim() === revoked) none = wasRevoked;
    else if (text !== undefined) {
      const read = await verify(text.trim());
      if (typeof read === 'string') throw new Error(`${path} does not hold: ${read}`);
      held = read;
      keys = read.verdict_keys;
    }
  } catch (error) {
    none = { problem: (error as Error).message, shut: false };
    log('error', none.problem);
  }

  let isToBeWritten = false;
  async function writeRevoked(): Promise<void> {
    if (!isToBeWritten) return;
    await replaceFile(path, `${revoked}\n`);
    isToBeWritten = false;
  }

  async function verify(jws: string): Promise<HeldConfiguration | string> {
    const verified = await verifyConfiguration(jws, expected, [...keys, ...before], now());
    if (!verified.valid) return verified.reason;
    return hasForm(verified.claims) ? verified.claims : 'it is not of the form that this agent knows';
  }

  return {
    current() {
      if (!held) return none;
      if (held.exp <= now() / 1000)
        return { problem: 'the configuration is older than seven days', shut: false };
      // A clock that was set back would let an old configuration hold on, and old codes with it.
      if (held.iat > now() / 1000 + issuedAtTolerance)
        return { problem: 'the clock of this host is behind its configuration', shut: false };
      return held;
    },
    keys: () => [...keys, ...before],
    newestKey: () => presenceThumbprint(keys.at(-1)!),
    async revoke() {
      if (none !== wasRevoked || held) {
        held = undefined;
        none = wasRevoked;
        isToBeWritten = true;
        log('error', 'this host was revoked: what the server said before holds no more');
      }
      await writeRevoked();
    },
    writeRevoked,
    async take(jws) {
      const read = await verify(jws);
      if (typeof read === 'string') return read;
      // Somebody in between may hold back old ones: a key that was replaced, a person who was let go.
      if (Math.abs(read.iat - now() / 1000) > issuedAtTolerance) return 'it was not made just now';
      if (held && read.iat < held.iat - issuedAtTolerance) return 'it is older than the one that is held';
      await replaceFile(path, `${jws}\n`);
      isToBeWritten = false;
      const areNew = JSON.stringify(read.verdict_keys) !== JSON.stringify(keys);
      if (areNew) await writeHost(folder, { ...identity, host: read.host, verdict_keys: read.verdict_keys });
      held = read;
      before = areNew ? keys : [];
      keys = read.verdict_keys;
      return undefined;
    },
  };
}

function hasForm({ host, services, outage, break_glass, offline }: HeldConfiguration): boolean {
  const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';
  return (
    typeof host === 'object' &&
    typeof host?.name === 'string' &&
    typeof services === 'object' &&
    services !== null &&
    typeof services['*'] === 'object' &&
    Object.values(services).every(
      (rule) =>
        typeof rule?.deny === 'boolean' &&
        typeof rule.first_factor === 'boolean' &&
        Array.isArray(rule.factors),
    ) &&
    ['offline_codes', 'deny', 'allow'].includes(outage) &&
    isTextOrNull(break_glass) &&
    isTextOrNull(offline)
  );
}
