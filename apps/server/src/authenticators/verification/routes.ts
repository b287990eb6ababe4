import {
  AuthenticatorSelf,
  Problem,
  VerificationKeyBody,
  VerificationKeyOptions,
  VerificationKeyOptionsBody,
} from '@countersign/protocol/wire';
import type { App } from '../../platform/http/app.ts';
import { askerOf, sourceOf } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Events } from '../../events/events.ts';
import type { Outbox } from '../../mail/outbox.ts';
import { readSettings } from '../../settings/settings.ts';
import { demandProof, type ProvenAuthenticator } from '../proof-of-possession.ts';
import { findAuthenticator } from '../store.ts';
import { creationOptions } from '../verification-key.ts';
import { addFirstKey, replaceKey } from './change.ts';
import { demandVerificationKeyCode } from './code.ts';
import { keepVerificationOptions } from './store.ts';

/** The verification key of an authenticator: its first one, later than at the activation, and another in its place. */

interface Needs {
  platform: Platform;
  events: Events;
  outbox: Outbox;
  selfView: (row: ProvenAuthenticator) => Promise<AuthenticatorSelf>;
}

const tags = ['Authenticator: itself'];

export function verificationRoutes(app: App, needs: Needs): void {
  const { platform, selfView } = needs;
  const { store, issuer } = platform;

  app.post(
    '/authenticator/v1/me/verification-key/options',
    {
      schema: {
        tags,
        summary: 'Begin replacing the verification key or, with a code of the portal, adding a first one',
        body: VerificationKeyOptionsBody,
        response: { 200: VerificationKeyOptions, '4xx': Problem },
      },
    },
    async (request) => {
      const authenticator = await demandProof(request, platform);
      const { id } = authenticator;
      const { code } = request.body;
      if (!authenticator.webauthn_credential_id) {
        if (code === undefined) throw new Refusal('user_verification_required');
        await demandVerificationKeyCode(code, id, sourceOf(askerOf(request).ip), platform);
      }
      const { organization } = await readSettings(store);
      const { login, name } = authenticator;
      const webauthn = await creationOptions(issuer, organization.name, { login, name });
      await keepVerificationOptions.run(store, { id, challenge: webauthn.challenge });
      return { webauthn };
    },
  );

  app.post(
    '/authenticator/v1/me/verification-key',
    {
      schema: {
        tags,
        summary: 'Replace the verification key, approved by the present one, or add a first one with a code',
        body: VerificationKeyBody,
        response: { 200: AuthenticatorSelf, '4xx': Problem },
      },
    },
    async (request) => {
      const authenticator = await demandProof(request, platform);
      const { webauthn, assertion, code } = request.body;
      const asker = askerOf(request);
      // Where there is a key, only its own assertion replaces it.
      if (authenticator.webauthn_credential_id) {
        if (!assertion) throw new Refusal('user_verification_required');
        await replaceKey(authenticator, { webauthn, assertion }, asker, needs);
      } else {
        if (code === undefined) throw new Refusal('user_verification_required');
        await addFirstKey(authenticator, { webauthn, code }, sourceOf(asker.ip), asker, needs);
      }
      return selfView({
        ...authenticator,
        ...(await findAuthenticator.get(store, { id: authenticator.id }))!,
      });
    },
  );
}
