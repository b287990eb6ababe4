import type { RequestContext } from '@countersign/protocol/wire';
import type { ActivationPush } from '../authenticators/activation.ts';
import type { AuthenticatorRow } from '../authenticators/store.ts';
import { second, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { readSettings } from '../settings/settings.ts';
import { askPush, type PushQuestion } from './ask.ts';
import type { PushRequestRow } from './store.ts';

/** The requests that the server itself sends: to a phone that is enrolled, to one that hands its account on, for a test. */
export interface OwnRequests extends ActivationPush {
  /** @throws Refusal 429. */
  test(
    transaction: Transaction,
    authenticator: AuthenticatorRow,
    account: { login: string; name: string },
  ): Promise<void>;
}

type Question = Pick<PushQuestion, 'purpose' | 'authenticator' | 'account' | 'expiresAt' | 'askerClass'>;
type Context = Pick<RequestContext, 'ip' | 'client' | 'familiar'>;

export function createOwnRequests(platform: Platform, wake: (request: PushRequestRow) => void): OwnRequests {
  const ask = async (
    transaction: Transaction,
    question: Question,
    name: string,
    { ip, client, familiar }: Context,
  ): Promise<PushRequestRow> => {
    const request = await askPush(
      transaction,
      {
        ...question,
        resource: { kind: 'authenticator', name, logo_uri: null },
        context: { ip, client, location: null, host: null, local_user: null, familiar },
        confirmation: { kind: 'tap' },
        userVerification: false,
        authenticationId: null,
      },
      platform,
    );
    transaction.afterCommit(() => wake(request));
    return request;
  };

  return {
    async ask(transaction, authenticator, { login, name }, expiresAt, asker) {
      const { organization } = await readSettings(transaction);
      const account = { login, name };
      const question = { purpose: 'activation' as const, authenticator, account, expiresAt };
      await ask(transaction, question, organization.name, { ...asker, familiar: true });
    },
    async askOld(transaction, authenticator, { login, name }, newDevice, expiresAt, asker) {
      const account = { login, name };
      const question = { purpose: 'activation' as const, authenticator, account, expiresAt };
      return (await ask(transaction, question, newDevice, { ...asker, familiar: false })).id;
    },
    async test(transaction, authenticator, { login, name }) {
      const { push, organization } = await readSettings(transaction);
      const question = {
        purpose: 'test' as const,
        authenticator,
        account: { login, name },
        expiresAt: platform.now() + push.lifetime_s * second,
        askerClass: 'authenticator' as const,
      };
      await ask(transaction, question, organization.name, { ip: null, client: null, familiar: true });
    },
  };
}
