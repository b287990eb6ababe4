import { statement } from '../platform/store/store.ts';

export interface WebhookRow {
  id: string;
  url: string;
  types: string;
  secret: string;
  state: 'active' | 'paused' | 'disabled';
  next_try_at: number;
  tries: number;
  failing_since: number | null;
  last_error: string | null;
  created_at: number;
}

export interface DeliveryRow {
  id: string;
  webhook_id: string;
  event_id: string;
  type: string;
  state: 'pending' | 'delivered' | 'failed';
  tries: number;
  status: number | null;
  error: string | null;
  created_at: number;
  ended_at: number | null;
}

const columns = `id, url, types, secret, state, next_try_at, tries, failing_since, last_error, created_at`;
const deliveryColumns = `id, webhook_id, event_id, type, state, tries, status, error, created_at, ended_at`;

export const insertWebhook = statement(`
  INSERT INTO webhooks (id, url, types, secret, state, created_at)
  VALUES (:id, :url, :types, :secret, 'active', :now)`);
export const findWebhook = statement<WebhookRow>(`SELECT ${columns} FROM webhooks WHERE id = :id`);
/** Takes hold of the row until the transaction ends. */
export const holdWebhook = statement<WebhookRow>(
  `UPDATE webhooks SET url = url WHERE id = :id RETURNING ${columns}`,
);
/** Begins afresh: what failed before counts no more. */
export const updateWebhook = statement<WebhookRow>(`
  UPDATE webhooks SET url = :url, types = :types, state = :state, next_try_at = 0, tries = 0, failing_since = NULL,
    last_error = NULL
  WHERE id = :id RETURNING ${columns}`);
/** Whoever has it in hand takes it anew, with this one. */
export const replaceSecret = statement(
  `UPDATE webhooks SET secret = :secret, next_try_at = 0 WHERE id = :id`,
);
export const deleteWebhook = statement(`DELETE FROM webhooks WHERE id = :id`);
/** Nothing reaches them, or nothing is sent any more since nothing did. There are few webhooks. */
const failing = `(state = 'disabled' OR (state = 'active' AND failing_since IS NOT NULL))`;
export const listWebhooks = statement<WebhookRow>(`
  SELECT ${columns} FROM webhooks WHERE (created_at, id) < (:at, :id) AND LOWER(url) LIKE :q
    AND (CAST(:failing AS INTEGER) = 0 OR ${failing})
  ORDER BY created_at DESC, id DESC LIMIT :limit`);
/** `limit` at the most. */
export const countFailingWebhooks = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM (SELECT 1 FROM webhooks WHERE ${failing} LIMIT :limit) found`,
);
export const countWebhooks = statement<{ count: number }>(`SELECT COUNT(*) AS count FROM webhooks`);
export const countPending = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM webhook_deliveries WHERE webhook_id = :webhook_id AND state = 'pending'`,
);

export const countAllPending = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM webhook_deliveries WHERE state = 'pending'`,
);
export const countWebhooksByState = statement<{ state: string; count: number }>(`
  SELECT CASE WHEN state = 'active' AND failing_since IS NOT NULL THEN 'failing' ELSE state END AS state,
    COUNT(*) AS count
  FROM webhooks GROUP BY 1`);

export const listActive = statement<Pick<WebhookRow, 'id' | 'types'>>(
  `SELECT id, types FROM webhooks WHERE state = 'active'`,
);
export const insertDelivery = statement(`
  INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, place, state, created_at)
  VALUES (:id, :webhook_id, :event_id, :type, :place, 'pending', :now)`);

/** One that has something to tell, for as long as `lease_end`, so that two processes do not both tell it. */
export const takeDueWebhook = statement<WebhookRow>(`
  UPDATE webhooks SET next_try_at = :lease_end
  WHERE state = 'active' AND next_try_at <= :now AND id = (
    SELECT w.id FROM webhooks w
    WHERE w.state = 'active' AND w.next_try_at <= :now AND EXISTS (
      SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'pending')
    ORDER BY w.next_try_at LIMIT 1)
  RETURNING ${columns}`);
/** The next one, as long as the webhook is in the hands of whoever asks, and was not changed meanwhile. */
export const findFirstPending = statement<DeliveryRow>(`
  SELECT ${deliveryColumns} FROM webhook_deliveries d
  WHERE d.webhook_id = :webhook_id AND d.state = 'pending' AND EXISTS (
    SELECT 1 FROM webhooks w WHERE w.id = :webhook_id AND w.state = 'active' AND w.next_try_at = :lease_end)
  ORDER BY d.place LIMIT 1`);
export const endDelivery = statement(`
  UPDATE webhook_deliveries
  SET state = :state, tries = tries + 1, status = :status, error = :error, ended_at = :now
  WHERE id = :id AND state = 'pending'`);
export const noteFailure = statement(`
  UPDATE webhook_deliveries SET tries = tries + 1, status = :status, error = :error
  WHERE id = :id AND state = 'pending'`);
/** Only whoever has it in hand gives it back; unless it was changed meanwhile, which begins afresh. */
export const giveBack = statement(`
  UPDATE webhooks SET next_try_at = 0 WHERE id = :id AND next_try_at = :lease_end`);
export const noteSuccess = statement(`
  UPDATE webhooks SET tries = 0, failing_since = NULL, last_error = NULL
  WHERE id = :id AND next_try_at = :lease_end AND tries > 0`);
export const postpone = statement<WebhookRow>(`
  UPDATE webhooks SET next_try_at = :next_try_at, tries = tries + 1, failing_since = COALESCE(failing_since, :now),
    last_error = :error
  WHERE id = :id AND next_try_at = :lease_end RETURNING ${columns}`);
export const disable = statement<WebhookRow>(
  `UPDATE webhooks SET state = 'disabled' WHERE id = :id AND state = 'active' RETURNING ${columns}`,
);

export const listDeliveries = statement<DeliveryRow>(`
  SELECT ${deliveryColumns} FROM webhook_deliveries
  WHERE webhook_id = :webhook_id AND (created_at, id) < (:at, :id)
  ORDER BY created_at DESC, id DESC LIMIT :limit`);
export const purgeDeliveries = statement(`DELETE FROM webhook_deliveries WHERE created_at < :before`);
