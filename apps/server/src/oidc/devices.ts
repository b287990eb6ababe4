import type { Configuration, DeviceCode, Provider } from 'oidc-provider';
import { sourceOf } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { countCall, type Window } from '../platform/rate-limits/window.ts';
import { isOpen } from './device.ts';
import { demandPatience } from './polls.ts';

/** The device's side of the device grant (RFC 8628), which the library has: how it is set up, and held to our limits. */

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/** Eight of twenty consonants are 34 bits: no words, and nothing that looks like a digit (section 6.1). */
export const deviceFeature: DeviceFlow = { enabled: true, charset: 'base-20', mask: '****-****' };

export const deviceCodeLifetime = 10 * minute;

/** Codes that devices of one address may begin with: whoever knows a client's id must not fill the disk. */
const begunBySource: Window = { most: 60, length: minute };

/** Holds the library to our limits: of devices that begin, and of how often one asks. */
export function limitDevices(provider: Provider, platform: Platform): void {
  provider.use(async (ctx, next) => {
    if (ctx.path === '/oidc/device_authorization') {
      try {
        const key = `device:begun:${sourceOf(ctx.ip)}`;
        await countCall(platform.store, key, begunBySource, platform.now());
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        ctx.status = 429;
        ctx.set('retry-after', String(error.members.retry_after));
        ctx.body = {
          error: 'temporarily_unavailable',
          error_description: 'too many requests; come back later',
        };
        return;
      }
    }
    await next();
  });
  const find = provider.DeviceCode.find.bind(provider.DeviceCode) as (
    id: string,
    options?: object,
  ) => Promise<DeviceCode | undefined>;
  provider.DeviceCode.find = (async (id: string, options?: object) => {
    const code = await find(id, options);
    if (isOpen(code) && !code.isExpired) await demandPatience(id, platform);
    return code;
  }) as typeof provider.DeviceCode.find;
}
