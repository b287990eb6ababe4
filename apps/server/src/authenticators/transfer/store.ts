import { statement } from '../../platform/store/store.ts';
import type { ActivationRow } from '../store.ts';

export interface TransferRow {
  activation_id: string;
  /** The old phone. */
  authenticator_id: string;
  request_id: string | null;
  old_approved: number;
  new_approved: number;
}

const columns = `t.activation_id, t.authenticator_id, t.request_id, t.old_approved, t.new_approved`;

export const insertTransfer = statement(`
  INSERT INTO transfers (activation_id, authenticator_id, backup, backup_until, created_at)
  VALUES (:activation_id, :authenticator_id, :backup, :backup_until, :now)`);
export const findTransfer = statement<TransferRow>(
  `SELECT ${columns} FROM transfers t WHERE t.activation_id = :activation_id`,
);
/** The transfer in which the old phone is asked by this request. */
export const findTransferByRequest = statement<TransferRow>(
  `SELECT ${columns} FROM transfers t WHERE t.request_id = :request_id`,
);
/** The transfer in which this phone is the new one. */
export const findTransferTo = statement<TransferRow>(`
  SELECT ${columns} FROM transfers t JOIN activations a ON a.id = t.activation_id
  WHERE a.authenticator_id = :authenticator_id`);
/** What the old phone's screen follows. */
export const findOpenTransferFrom = statement<
  Pick<ActivationRow, 'state' | 'expires_at'> & { device: string | null }
>(`
  SELECT a.state, a.expires_at, n.device
  FROM transfers t JOIN activations a ON a.id = t.activation_id LEFT JOIN authenticators n ON n.id = a.authenticator_id
  WHERE t.authenticator_id = :authenticator_id AND a.state IN ('waiting', 'pending') AND a.expires_at > :now
  ORDER BY a.created_at DESC LIMIT 1`);
/** Activations of transfers that are under way and have to do with this phone, as the old or as the new one. */
export const listOpenTransfersOf = statement<Pick<ActivationRow, 'id'>>(`
  SELECT a.id FROM transfers t JOIN activations a ON a.id = t.activation_id
  WHERE (t.authenticator_id = :authenticator_id OR a.authenticator_id = :authenticator_id)
    AND a.state IN ('waiting', 'pending')`);

export const keepTransferRequest = statement(
  `UPDATE transfers SET request_id = :request_id WHERE activation_id = :activation_id`,
);
/** Of two approvals at once the later one sees both. */
export const approveTransfer = statement<TransferRow>(`
  UPDATE transfers SET old_approved = CASE WHEN :side = 'old' THEN 1 ELSE old_approved END,
    new_approved = CASE WHEN :side = 'new' THEN 1 ELSE new_approved END
  WHERE activation_id = :activation_id
  RETURNING activation_id, authenticator_id, request_id, old_approved, new_approved`);

/** What the old phone's verification key is to assert over: the latest, good for one try, and for a while. */
export const keepTransferChallenge = statement(`
  UPDATE authenticators SET transfer_challenge = :challenge, transfer_challenge_until = :until WHERE id = :id`);
export const takeTransferChallenge = statement<{ challenge: string }>(`
  UPDATE authenticators SET transfer_challenge = NULL
  WHERE id = :id AND transfer_challenge = :challenge AND transfer_challenge_until > :now
  RETURNING CAST(:challenge AS TEXT) AS challenge`);

/** For the new phone alone. */
export const findBackup = statement<{ backup: string }>(`
  SELECT t.backup FROM transfers t JOIN activations a ON a.id = t.activation_id
  WHERE a.authenticator_id = :authenticator_id AND a.state = 'active'
    AND t.backup IS NOT NULL AND t.backup_until > :now`);
export const removeBackup = statement(`
  UPDATE transfers SET backup = NULL
  WHERE activation_id IN (SELECT id FROM activations WHERE authenticator_id = :authenticator_id)`);
/** Of an activation that ends unfinished. */
export const removeBackupOf = statement<TransferRow>(`
  UPDATE transfers SET backup = NULL WHERE activation_id = :activation_id
  RETURNING activation_id, authenticator_id, request_id, old_approved, new_approved`);
export const purgeBackups = statement(
  `UPDATE transfers SET backup = NULL WHERE backup IS NOT NULL AND backup_until <= :now`,
);
export const purgeTransfers = statement(`DELETE FROM transfers WHERE created_at < :before`);
