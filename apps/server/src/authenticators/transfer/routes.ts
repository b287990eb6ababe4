import {
  CreatedTransfer,
  Problem,
  TransferBackup,
  TransferBody,
  TransferOptions,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { App } from '../../platform/http/app.ts';
import { askerOf } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import type { DropNeeds } from '../drop.ts';
import { demandProof } from '../proof-of-possession.ts';
import { beginTransfer, dropOwnTransfers, transferOptions } from './begin.ts';
import { findBackup, removeBackup } from './store.ts';

/** Moving to a new phone: what the old phone calls, and how the new one gets what was sent along. */

const tags = ['Authenticator: moving to a new phone'];

export function transferRoutes(app: App, needs: DropNeeds & { platform: Platform }): void {
  const { platform } = needs;
  const { store, now } = platform;

  app.post(
    '/authenticator/v1/me/transfer/options',
    {
      schema: {
        tags,
        summary: 'What the verification key is to assert over, to hand this account on',
        response: { 200: TransferOptions, '4xx': Problem },
      },
    },
    async (request) => transferOptions(await demandProof(request, platform), platform),
  );

  app.post(
    '/authenticator/v1/me/transfer',
    {
      schema: {
        tags,
        summary: 'Hand this account on: an activation code for the new phone',
        body: TransferBody,
        response: { 201: CreatedTransfer, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const authenticator = await demandProof(request, platform);
      const created = await beginTransfer(authenticator, request.body, askerOf(request), needs);
      return reply.status(201).send(created);
    },
  );

  app.delete(
    '/authenticator/v1/me/transfer',
    { schema: { tags, summary: 'Give the move up', response: { 204: Type.Null(), '4xx': Problem } } },
    async (request, reply) => {
      const { id } = await demandProof(request, platform);
      await store.transaction((transaction) =>
        dropOwnTransfers(transaction, id, 'cancelled', needs, askerOf(request)),
      );
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/authenticator/v1/me/transfer/backup',
    {
      schema: {
        tags,
        summary: 'What the old phone sent along; for the new phone alone, once both have approved',
        response: { 200: TransferBackup, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = await demandProof(request, platform);
      const found = await findBackup.get(store, { authenticator_id: id, now: now() });
      if (!found) throw new Refusal('not_found', { detail: 'Nothing was sent along, or it is gone.' });
      return { backup: found.backup };
    },
  );

  app.delete(
    '/authenticator/v1/me/transfer/backup',
    {
      schema: {
        tags,
        summary: 'The new phone has it: the server keeps it no longer',
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { id } = await demandProof(request, platform);
      await removeBackup.run(store, { authenticator_id: id });
      return reply.status(204).send(null);
    },
  );
}
