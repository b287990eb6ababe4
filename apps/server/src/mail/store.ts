import { statement } from '../platform/store/store.ts';

export interface MailRow {
  id: string;
  recipient: string;
  subject: string;
  body: string;
  state: 'queued' | 'sent' | 'failed' | 'kept';
  attempts: number;
  next_attempt_at: number;
  last_error: string | null;
  created_at: number;
  sent_at: number | null;
}

const columns = `id, recipient, subject, body, state, attempts, next_attempt_at, last_error, created_at, sent_at`;

export const insertMail = statement(`
  INSERT INTO mails (id, recipient, subject, body, state, next_attempt_at, created_at)
  VALUES (:id, :recipient, :subject, :body, :state, :due, :now)`);

export const deleteMail = statement(`DELETE FROM mails WHERE id = :id`);

/** Takes one mail that is due, for as long as `lease_end`, so that two processes do not send it both. */
export const takeDueMail = statement<MailRow>(`
  UPDATE mails SET next_attempt_at = :lease_end, attempts = attempts + 1
  WHERE state = 'queued' AND next_attempt_at <= :now AND id = (
    SELECT id FROM mails WHERE state = 'queued' AND next_attempt_at <= :now ORDER BY next_attempt_at LIMIT 1)
  RETURNING ${columns}`);

export const markSent = statement(
  `UPDATE mails SET state = 'sent', sent_at = :now, last_error = NULL WHERE id = :id`,
);
export const markUnsent = statement(
  `UPDATE mails SET state = :state, last_error = :last_error, next_attempt_at = :next_attempt_at WHERE id = :id`,
);

export const listMails = statement<MailRow>(`
  SELECT ${columns} FROM mails
  WHERE (created_at, id) < (:at, :id) AND (LOWER(recipient) LIKE :q OR LOWER(subject) LIKE :q)
  ORDER BY created_at DESC, id DESC LIMIT :limit`);

/** Those that the mail server did not take, or has not taken yet; written since `since`. */
export const listFailingMails = statement<MailRow>(`
  SELECT ${columns} FROM mails
  WHERE last_error IS NOT NULL AND created_at >= :since AND (created_at, id) < (:at, :id)
    AND (LOWER(recipient) LIKE :q OR LOWER(subject) LIKE :q)
  ORDER BY created_at DESC, id DESC LIMIT :limit`);
/** `limit` at the most. */
export const countFailingMails = statement<{ count: number }>(`
  SELECT COUNT(*) AS count
  FROM (SELECT 1 FROM mails WHERE last_error IS NOT NULL AND created_at >= :since LIMIT :limit) found`);

/** After a mail server was configured, what was kept meanwhile stays where it can be read; it is not sent late. */
export const purgeMails = statement(`DELETE FROM mails WHERE created_at < :before AND state <> 'queued'`);

export const countQueuedMails = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM mails WHERE state = 'queued'`,
);
export const countFailedMails = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM mails WHERE state = 'failed'`,
);
