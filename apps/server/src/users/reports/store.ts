import type { FraudReportKind } from '@countersign/protocol/wire';
import { statement } from '../../platform/store/store.ts';

export interface FraudReportRow {
  id: string;
  user_id: string;
  login: string;
  name: string;
  what: FraudReportKind;
  ip: string | null;
  client: string | null;
  authentication_id: string | null;
  reported_at: number;
  reviewed_at: number | null;
  reviewed_by: string | null;
  /** Of the help desk's question whether it is them, the administrator who asked; by the log, as authentications go after an hour. */
  asked_by: string | null;
}

const columns = `r.id, r.user_id, u.login, u.name, r.what, r.ip, r.client, r.authentication_id, r.reported_at, r.reviewed_at,
  r.reviewed_by,
  (SELECT e.actor_id FROM events e WHERE e.authentication_id = r.authentication_id AND e.type = 'verification.asked' LIMIT 1) AS asked_by`;

export const insertFraudReport = statement(`
  INSERT INTO fraud_reports (id, user_id, what, ip, client, authentication_id, reported_at)
  VALUES (:id, :user_id, :what, :ip, :client, :authentication_id, :now)`);
export const findFraudReport = statement<FraudReportRow>(
  `SELECT ${columns} FROM fraud_reports r JOIN users u ON u.id = r.user_id WHERE r.id = :id`,
);
/** Of two who say it at once, the first has looked into it. */
export const reviewFraudReport = statement<{ id: string }>(`
  UPDATE fraud_reports SET reviewed_at = :now, reviewed_by = :login WHERE id = :id AND reviewed_at IS NULL RETURNING id`);

/** Newest first, those before (reported_at, id), of people who have a word with each of three beginnings ('%' for any). */
const listWhere = (where: string) =>
  statement<FraudReportRow>(`
    SELECT ${columns} FROM fraud_reports r JOIN users u ON u.id = r.user_id
    WHERE ${where} AND (r.reported_at, r.id) < (:at, :id)
      AND u.search LIKE :word_1 AND u.search LIKE :word_2 AND u.search LIKE :word_3
    ORDER BY r.reported_at DESC, r.id DESC LIMIT :limit`);
export const listFraudReports = {
  all: listWhere('1 = 1'),
  open: listWhere('r.reviewed_at IS NULL'),
  reviewed: listWhere('r.reviewed_at IS NOT NULL'),
};
/** `limit` at the most. */
export const countOpenFraudReports = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM (SELECT 1 FROM fraud_reports WHERE reviewed_at IS NULL LIMIT :limit) found`,
);
/** What nobody has looked into stays. */
export const purgeFraudReports = statement(
  `DELETE FROM fraud_reports WHERE reported_at < :before AND reviewed_at IS NOT NULL`,
);
