import type { Transporter } from 'nodemailer';
import { randomId } from '../platform/random-text.ts';
import { day, minute, second, type Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Transaction } from '../platform/store/store.ts';
import { readSettings } from '../settings/settings.ts';
import { renderLetter, type Letter, type RenderedLetter } from './letter.ts';
import { languageOf, lettersIn } from './languages.ts';
import type { Letters } from './languages/en.ts';
import { deleteMail, insertMail, markSent, markUnsent, takeDueMail, type MailRow } from './store.ts';

/**
 * Mail goes through an outbox: it is written in the transaction of what it tells of, and sent afterwards, again and again
 * until the mail server takes it. Without a mail server it is kept for the owner to read.
 */
export interface Recipient {
  email: string;
  name: string;
  /** Undefined and null: the organisation's. */
  language?: string | null;
}

/** Chooses a letter in the recipient's language. */
export type WriteLetter = (letters: Letters) => Letter;

export interface Outbox {
  /** Whether there is a mail server; without one mail is kept. */
  sends: boolean;
  /**
   * `unhurried`: sending begins a second after the commit, so that whoever waits for the answer of the call cannot tell by
   * its time, or by that of their next call, whether a mail goes out at all. `notBefore`: milliseconds since 1970; of very
   * many at once each has its own, so that none of them stands before a mail that somebody waits for.
   */
  post(
    transaction: Transaction,
    to: Recipient,
    write: WriteLetter,
    options?: { unhurried?: boolean; notBefore?: number },
  ): Promise<void>;
  /** Writes as much for a mail that goes to nobody, and is gone with the commit: for calls that must not tell by their time. */
  rehearse(transaction: Transaction, to: Recipient, write: WriteLetter): Promise<void>;
  /** The body of a mail as it was written. */
  open(row: MailRow): RenderedLetter;
  /** Begins sending, and returns what stops it (after the mail in hand). */
  start(): () => Promise<void>;
}

/** A mail that was not taken is told of for so long (ms): what nobody can mend is not told for ever. */
export const failingFor = 7 * day;
const attemptsInAll = 8;
const lease = 2 * minute;
const pollInterval = 15 * second;
const unhurriedDelay = second;

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

  /** A letter as it lies in the store, under a fresh id. */
  async function rowOf(transaction: Transaction, to: Recipient, write: WriteLetter) {
    const { organization } = await readSettings(transaction);
    const language = languageOf(to.language, organization.language);
    const letters = lettersIn(language);
    const letter = write(letters);
    const frame = { language, greeting: letters.greeting(to.name), organization: organization.name };
    const id = randomId(random);
    const body = sealing.seal(JSON.stringify(renderLetter(letter, frame)), sealed.mailBodies.place(id));
    return { id, body, subject: letter.subject, now: now() };
  }

  return {
    sends: smtpUrl !== undefined,
    async post(transaction, to, write, { unhurried = false, notBefore } = {}) {
      const row = await rowOf(transaction, to, write);
      await insertMail.run(transaction, {
        ...row,
        due: notBefore ?? row.now,
        recipient: to.email,
        state: smtpUrl ? 'queued' : 'kept',
      });
      // As many statements as `rehearse` runs.
      if (unhurried) await deleteMail.run(transaction, { id: '' });
      transaction.afterCommit(() => {
        if (unhurried) setTimeout(() => wake(), unhurriedDelay).unref();
        else wake();
      });
    },
    async rehearse(transaction, to, write) {
      const row = await rowOf(transaction, to, write);
      await insertMail.run(transaction, { ...row, due: row.now, recipient: '', state: 'kept' });
      await deleteMail.run(transaction, { id: row.id });
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
