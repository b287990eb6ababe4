import { DeviceInteraction, Problem, TypedUserCode } from '@countersign/protocol/wire';
import type Provider from 'oidc-provider';
import type { App } from '../platform/http/app.ts';
import { browserOf } from '../platform/http/browser-cookie.ts';
import type { Cookies } from '../platform/http/cookies.ts';
import type { Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { beginDevice } from './device.ts';

/** What the User Portal asks of the OpenID provider; the library has its own paths (see mount.ts). */
export function oidcRoutes(
  app: App,
  needs: { platform: Platform; cookies: Cookies; provider: () => Promise<Provider> },
): void {
  app.post(
    '/api/v1/sso/device',
    {
      schema: {
        tags: ['Single sign-on'],
        summary: 'Type the code that a device shows',
        description:
          'Returns the interaction in which this browser signs in for it. 422 `wrong_code` for a code that no device shows, or that somebody went on with.',
        body: TypedUserCode,
        response: { 200: DeviceInteraction, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const browserHash = hashSecret(browserOf(request, reply, needs));
      const asker = { browserHash, ip: request.ip };
      return beginDevice(request.body.user_code, asker, await needs.provider(), needs.platform);
    },
  );
}
