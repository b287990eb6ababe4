import type { Acr, AuthenticationState, FactorKind } from '@countersign/protocol/wire';
import type { AskedPurpose } from '../policy/decide.ts';
import { statement } from '../platform/store/store.ts';

export interface AuthenticationRow {
  id: string;
  purpose: AskedPurpose;
  user_id: string;
  browser_hash: string;
  session_id: string | null;
  resource: string | null;
  /** The interaction that an application began, of purpose `sso`. */
  interaction_id: string | null;
  state: AuthenticationState;
  enrollment_code_required: number;
  amr: string;
  /** Of what was proven; null as long as nothing was beside the password. */
  acr: Acr | null;
  /** By what exactly beside the password: {@link Proven}, JSON. */
  proof: string | null;
  earns_familiarity: number;
  ip: string | null;
  client: string | null;
  created_at: number;
  expires_at: number;
  /** Of purpose `backchannel`: SHA-256 of what the program polls with, the least class that will do, and what the phone shows. */
  request_hash: string | null;
  least_acr: Acr | null;
  binding_message: string | null;
  /** Of purpose `device_login`: {@link HostAsk}, JSON. `browser_hash` is its asker then, and `resource` the host. */
  host_login: string | null;
}

/** What a host asks. */
export interface HostAsk {
  /** As the phone shows them. */
  host: string;
  local_user: string;
  /** Id of the group that the host is in. */
  host_group: string;
  /** Which factors its rule takes, and whether something was asked before. */
  factors: FactorKind[];
  first_factor: boolean;
  /** Whether somebody sits at a prompt, which can show a number. */
  interactive: boolean;
}

export const hostAskOf = ({ host_login }: Pick<AuthenticationRow, 'host_login'>): HostAsk | undefined =>
  host_login === null ? undefined : (JSON.parse(host_login) as HostAsk);

const columns = `id, purpose, user_id, browser_hash, session_id, resource, interaction_id, state, enrollment_code_required,
  amr, acr, proof,
  earns_familiarity, ip, client, created_at, expires_at, request_hash, least_acr, binding_message, host_login`;

export const insertAuthentication = statement(`
  INSERT INTO authentications (id, purpose, user_id, browser_hash, session_id, resource, interaction_id, state,
    enrollment_code_required, amr, ip, client, created_at, expires_at, request_hash, least_acr, binding_message,
    host_login)
  VALUES (:id, :purpose, :user_id, :browser_hash, :session_id, :resource, :interaction_id, :state,
    :enrollment_code_required, :amr, :ip, :client, :now, :expires_at, :request_hash, :least_acr,
    :binding_message, :host_login)`);
export const findAuthentication = statement<AuthenticationRow>(
  `SELECT ${columns} FROM authentications WHERE id = :id`,
);
export const findAuthenticationOfRequest = statement<AuthenticationRow>(
  `SELECT ${columns} FROM authentications WHERE request_hash = :request_hash`,
);
/** Another factor was proven; only what waits for one becomes ready. */
export const makeReady = statement<AuthenticationRow>(`
  UPDATE authentications
  SET state = 'ready', amr = :amr, acr = :acr, proof = :proof, earns_familiarity = :earns_familiarity
  WHERE id = :id AND state = 'challenge' AND expires_at > :now RETURNING ${columns}`);
export const makeDenied = statement<AuthenticationRow>(`
  UPDATE authentications SET state = 'denied' WHERE id = :id AND state = 'challenge' RETURNING ${columns}`);
/** Exactly once. */
export const claimCompletion = statement<AuthenticationRow>(`
  UPDATE authentications SET state = 'complete'
  WHERE id = :id AND expires_at > :now
    AND (state = 'ready' OR (state = 'enrollment_required' AND enrollment_code_required <> 1))
  RETURNING ${columns}`);
export const giveUp = statement<AuthenticationRow>(`
  UPDATE authentications SET state = 'expired'
  WHERE id = :id AND state IN ('challenge', 'enrollment_required', 'ready') RETURNING ${columns}`);
export const acceptEnrollmentCode = statement(
  `UPDATE authentications SET enrollment_code_required = 2 WHERE id = :id AND state = 'enrollment_required'`,
);
export const endAuthenticationsOfUser = statement<AuthenticationRow>(`
  UPDATE authentications SET state = 'expired'
  WHERE user_id = :user_id AND state IN ('challenge', 'enrollment_required', 'ready') RETURNING ${columns}`);
export const endAuthenticationsOfBrowser = statement<AuthenticationRow>(`
  UPDATE authentications SET state = 'expired'
  WHERE user_id = :user_id AND browser_hash = :browser_hash AND state IN ('challenge', 'enrollment_required', 'ready')
  RETURNING ${columns}`);
export const endResetsUnderWay = statement<AuthenticationRow>(`
  UPDATE authentications SET state = 'expired'
  WHERE user_id = :user_id AND purpose = 'password_reset' AND state IN ('challenge', 'ready') RETURNING ${columns}`);
export const purgeAuthentications = statement(`DELETE FROM authentications WHERE expires_at < :before`);
