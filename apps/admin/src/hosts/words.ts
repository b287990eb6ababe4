import type { Host, HostState } from '@countersign/protocol/wire';

/** What the API's words for hosts are called on screen. */

export const hostStateNames: Record<HostState, string> = { active: 'Active', revoked: 'Revoked' };
export const hostStates = Object.keys(hostStateNames) as HostState[];

/** An agent asks every 10 minutes: after three times nobody calls it late. */
const silence = 30 * 60_000;

/** It should have been heard of by now. */
export const isSilent = ({ state, last_seen_at }: Host, now: number): boolean =>
  state === 'active' && now - Date.parse(last_seen_at) > silence;

/** PAM's name of a service, as people say it. */
export const serviceName = (service: string): string =>
  service === '*' ? 'All other services' : service === 'sshd' ? 'ssh' : service;
