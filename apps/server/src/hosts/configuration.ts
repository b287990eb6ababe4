import { configurationLifetime, signConfiguration, type OfflineUsers } from '@countersign/protocol/host';
import type { AskConfiguration } from '@countersign/protocol/wire';
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { decide } from '../authentication/decide.ts';
import type { HostAsk } from '../authentication/store.ts';
import { listActiveOfUser } from '../authenticators/store.ts';
import { hostAsker } from '../sessions/familiarity.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { readHostKeys } from './keys.ts';
import { offlineSecretOf } from './offline/secrets.ts';
import { personOf } from './person.ts';
import { rulesOf } from './rule.ts';
import { shownText } from './shown.ts';
import { findHostGroup, noteHost, type HostGroupRow, type HostRow } from './store.ts';

/** What a host is told of itself, signed, so that it holds for a week without the server. */

const callsAMinute = { most: 60, length: minute };

/** @throws Refusal 429 */
export async function configurationOf(
  host: HostRow,
  { os, agent_version, local_users, verdict_key }: AskConfiguration,
  platform: Platform,
): Promise<string> {
  const { store, now, issuer } = platform;
  await countCall(store, `host_configuration:${host.id}`, callsAMinute, now());
  const group = (await findHostGroup.get(store, { id: host.host_group_id }))!;
  const keys = await readHostKeys(platform);
  // What it says that it has, not what it is about to be told: this answer may never arrive.
  const known = keys.has(verdict_key) ? verdict_key : host.verdict_key;
  const configuration = await signConfiguration(
    {
      iss: issuer,
      aud: host.id,
      host: { id: host.id, name: host.name },
      verdict_keys: keys.told,
      services: rulesOf(group),
      outage: group.outage,
      break_glass: group.break_glass,
      offline: group.outage === 'offline_codes' ? await offlineFor(host, group, local_users, platform) : null,
    },
    keys.signerFor(known),
    now(),
  );
  await noteHost.run(store, {
    id: host.id,
    os: shownText(os, 100),
    agent_version: shownText(agent_version),
    verdict_key: known,
    now: now(),
  });
  return configuration;
}

/** What a person must have, whatever the service. */
const ask: HostAsk = {
  host: '',
  local_user: '',
  host_group: '',
  factors: ['push', 'totp'],
  first_factor: true,
  interactive: true,
};

/** Of those who may log in now and have a phone; null where there is nobody. */
async function offlineFor(
  host: HostRow,
  group: HostGroupRow,
  localUsers: readonly string[],
  platform: Platform,
): Promise<string | null> {
  const { store, now } = platform;
  const users: OfflineUsers['users'] = [];
  const asked = {
    purpose: 'device_login',
    resource: hostAsker(host.id),
    // From nowhere: a rule for some networks only does not let anybody in then.
    ip: null,
    browser_hash: hostAsker(host.id),
    host_login: JSON.stringify({ ...ask, host_group: group.id }),
  } as const;
  for (const local_user of new Set(localUsers)) {
    const { user, refused } = await personOf(store, group, local_user);
    if (refused !== undefined || (await listActiveOfUser.all(store, { user_id: user.id })).length === 0)
      continue;
    // Whom policy lets do nothing here is let in by no outage either.
    const { decision } = await decide(store, asked, user, now());
    if (decision.outcome !== 'challenge') continue;
    users.push({ local_user, login: user.login, secret: await offlineSecretOf(user.id, host.id, platform) });
  }
  if (users.length === 0) return null;
  const secrets: OfflineUsers = { users, exp: Math.floor(now() / 1000) + configurationLifetime };
  const key = await importJWK(JSON.parse(host.sealing_jwk) as JWK, 'ECDH-ES');
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(secrets)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(key);
}
