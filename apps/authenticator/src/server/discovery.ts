import type { Discovery } from '@countersign/protocol/wire';

/** What the server that served this app says of itself; undefined where it cannot be reached. */
export async function callPublicDiscovery(): Promise<Discovery | undefined> {
  try {
    const response = await fetch('/.well-known/countersign', { cache: 'no-store' });
    return response.ok ? ((await response.json()) as Discovery) : undefined;
  } catch {
    return undefined;
  }
}
