import type { Discovery } from '@countersign/protocol/wire';
import { noteServerTime } from './clock.ts';

/** What the server that served this app says of itself; undefined where it cannot be reached. */
export async function callPublicDiscovery(): Promise<Discovery | undefined> {
  try {
    const response = await fetch('/.well-known/countersign', { cache: 'no-store' });
    noteServerTime(Date.parse(response.headers.get('date') ?? ''));
    return response.ok ? ((await response.json()) as Discovery) : undefined;
  } catch {
    return undefined;
  }
}
