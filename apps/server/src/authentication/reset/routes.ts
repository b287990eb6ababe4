import {
  AskPasswordReset,
  Authentication,
  BeginPasswordReset,
  PasswordReset,
  PasswordResetLookupBody,
  Problem,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { App } from '../../platform/http/app.ts';
import { askerOf, sourceOf } from '../../platform/http/asker.ts';
import type { Cookies } from '../../platform/http/cookies.ts';
import { minute } from '../../platform/platform.ts';
import { hashSecret } from '../../platform/random-text.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { BeginNeeds } from '../begin.ts';
import { browserOf } from '../../platform/http/browser-cookie.ts';
import { authenticationView } from '../view.ts';
import { beginReset } from './begin.ts';
import { requestReset, type RequestNeeds } from './request.ts';
import { lookUpReset } from './token.ts';

/** A forgotten password: a mailed link, a new password, and the second factor as in any sign-in. */

const tags = ['Password reset'];
const callsAMinute = { most: 30, length: minute };

export function passwordResetRoutes(app: App, needs: RequestNeeds & BeginNeeds & { cookies: Cookies }): void {
  const { platform } = needs;

  app.post(
    '/api/v1/password-resets',
    {
      schema: {
        tags,
        summary: 'Have a link mailed; the same answer whether or not anybody has the address',
        body: AskPasswordReset,
        response: { 202: Type.Object({}), '4xx': Problem },
      },
    },
    async (request, reply) => {
      await requestReset(request.body.email, askerOf(request), needs);
      return reply.status(202).send({});
    },
  );

  app.post(
    '/api/v1/password-resets/lookup',
    {
      schema: {
        tags,
        summary: 'Whom a link is for, and what it will be confirmed with; spends nothing',
        body: PasswordResetLookupBody,
        response: { 200: PasswordReset, '4xx': Problem },
      },
    },
    async (request) => {
      const { ip } = askerOf(request);
      await limit(ip);
      // One that has none yet is known nowhere.
      const browserHash = hashSecret(needs.cookies.read(request, 'browser') ?? '');
      return lookUpReset(request.body.token, { ip, browserHash }, platform);
    },
  );

  app.post(
    '/api/v1/password-resets/begin',
    {
      schema: {
        tags,
        summary:
          'Choose the new password, which holds once a factor has been proven and the reset is completed',
        body: BeginPasswordReset,
        response: { 201: Authentication, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request);
      await limit(asker.ip);
      const browserHash = hashSecret(browserOf(request, reply, needs));
      const row = await beginReset(request.body, browserHash, asker, needs);
      return reply.status(201).send(await authenticationView(row, platform));
    },
  );

  const limit = (ip: string) =>
    countCall(platform.store, `password_reset:token:${sourceOf(ip)}`, callsAMinute, platform.now());
}
