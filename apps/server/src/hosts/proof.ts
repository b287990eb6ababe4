import { demandHolder } from '../authenticators/proof-of-possession.ts';
import type { Request } from '../platform/http/app.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { findHostByThumbprint, touchHost, type HostRow } from './store.ts';

const touchInterval = minute;

/** The host that made a call, as its proof shows. @throws Refusal 401 `invalid_proof`, 403 `host_revoked` */
export async function demandHost(request: Request, platform: Platform): Promise<HostRow> {
  const { store, now } = platform;
  const host = await demandHolder(request, platform, (thumbprint) =>
    findHostByThumbprint.get(store, { thumbprint }),
  );
  if (host.state === 'revoked') throw new Refusal('host_revoked');
  if (now() - host.last_seen_at > touchInterval) await touchHost.run(store, { id: host.id, now: now() });
  return host;
}
