import type { Transporter } from 'nodemailer';
import { randomId } from '../platform/random-text.ts';
import { minute, second, type Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Transaction } from '../platform/store/store.ts';
import { readSettings } from '../settings/settings.ts';
import { renderLetter, type Letter, type RenderedLetter } from './letter.ts';
import { insertMail, markSent, markUnsent, takeDueMail, type MailRow } from './store.ts';

/**
 * Mail goes through an outbox: it is written in the transaction of what it tells of, and sent afterwards, again and again
 * until the mail server takes it. Without a mail server it is kept for the owner to read.
 */
export interface Outbox {
  post(transaction: Transaction, to: string, letter: Letter): Promise<void>;
  /** The body of a mail as it was written. */
  open(row: MailRow): RenderedLetter;
  /** Begins sending, and returns what stops it (after the mail in hand). */
  start(): () => Promise<void>;
}

const attemptsInAll = 8;
const lease = 2 * minute;
const pollInterval = 15 * second;

export function createOutbox(platform: Platform, smtpUrl: string | undefined): Outbox {
  const { store, sealing, now, random, issuer, log } = platform;
  const timeouts = { connectionTimeout: 10 * second, socketTimeout: 30 * second };
  let transport: Promise<Transporter> | undefined;
  /** Made for the first mail: most starts have none to send. */
  const connect = () =>
    (transport ??= import('nodemailer').then(({ default: nodemailer }) =>
      nodemailer.createTransport(smtpUrl, timeouts as object),
    ));
  const from = `countersign@${new URL(issuer).hostname}`;
  let wake: () => void = () => {};

  async function send(mail: MailRow): Promise<void> {
    const { organization } = await readSettings(store);
    const { text, html } = JSON.parse(
      sealing.open(mail.body, sealed.mailBodies.place(mail.id)),
    ) as RenderedLetter;
    try {
      await (
        await connect()
      ).sendMail({
        from: { name: organization.name, address: from },
        to: mail.recipient,
        subject: mail.subject,
        text,
        html,
      });
      await markSent.run(store, { id: mail.id, now: now() });
    } catch (error) {
      const last_error = (error as Error).message.slice(0, 500);
      const over = mail.attempts >= attemptsInAll;
      log[over ? 'error' : 'warn'](
        { mail: mail.id, attempts: mail.attempts, reason: last_error },
        'mail not sent',
      );
      await markUnsent.run(store, {
        id: mail.id,
        state: over ? 'failed' : 'queued',
        last_error,
        next_attempt_at: now() + 10 * second * 2 ** mail.attempts,
      });
    }
  }

  async function sendDue(): Promise<void> {
    for (;;) {
      const mail = await takeDueMail.get(store, { now: now(), lease_end: now() + lease });
      if (!mail) return;
      await send(mail);
    }
  }

  return {
    async post(transaction, to, letter) {
      const { organization } = await readSettings(transaction);
      const id = randomId(random);
      await insertMail.run(transaction, {
        id,
        recipient: to,
        subject: letter.subject,
        body: sealing.seal(
          JSON.stringify(renderLetter(letter, organization.name)),
          sealed.mailBodies.place(id),
        ),
        state: smtpUrl ? 'queued' : 'kept',
        now: now(),
      });
      transaction.afterCommit(() => wake());
    },
    open: (row) => JSON.parse(sealing.open(row.body, sealed.mailBodies.place(row.id))) as RenderedLetter,
    start() {
      if (!smtpUrl) return async () => {};
      let running = true;
      const loop = (async () => {
        while (running) {
          await sendDue().catch((error: unknown) => log.error({ err: error }, 'the outbox failed'));
          if (!running) break;
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, pollInterval);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
      })();
      return async () => {
        running = false;
        wake();
        await loop;
        (await transport)?.close();
      };
    },
  };
}
