import type { HostConfigurationClaims, VerdictVerification } from '@countersign/protocol/host';
import type { BeginHostLogin, HostLogin } from '@countersign/protocol/wire';
import type { Log } from '../log.ts';

/** What a conversation needs of the world. */
export interface Effects {
  /** Milliseconds of a clock that nobody sets. */
  monotonic(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 128 random bits, base64url. */
  nonce(): string;
  server: LoginServer;
  judge(verdict: string, about: About): Promise<VerdictVerification>;
  /** What holds of what the server last said of this host. */
  configuration(): HostConfigurationClaims | { problem: string; shut: boolean };
  /** The server has said that this host was revoked. */
  revoked(): Promise<void>;
  offline: Offline;
  log: Log;
}

/** A login in the agent's own words, which a verdict repeats. */
export interface About {
  sub: string;
  nonce: string;
  local_user: string;
  service: string;
}

export type Answer<T> =
  | { kind: 'answered'; value: T }
  /** The server said no, or something that it never says. `text` is for whoever logs in. */
  | { kind: 'refused'; code: string; text: string; triesLeft?: number }
  /** It is out of reach. `reason` is for the log. */
  | { kind: 'outage'; reason: string };

export interface LoginServer {
  begin(login: BeginHostLogin): Promise<Answer<HostLogin>>;
  /** Answers at once where the version is another than `seen`. */
  wait(id: string, seconds: number, seen: string, signal: AbortSignal): Promise<Answer<HostLogin>>;
  code(id: string, code: string): Promise<Answer<HostLogin>>;
  cancel(id: string): Promise<unknown>;
}

export interface Claim {
  local_user: string;
  service: string;
  rhost: string | null;
}

/** What is done without the server. Each is written down before it is answered; rejects where that fails. */
export interface Offline {
  /**
   * `none`: nobody has a code for this local user. `locked`: until the server is back; `worn_out`: until the person's
   * secret is another.
   */
  use(code: string, claim: Claim): Promise<'taken' | 'wrong' | 'locked' | 'worn_out' | 'none'>;
  has(localUser: string): Promise<'yes' | 'locked' | 'worn_out' | 'none'>;
  letIn(outcome: 'break_glass' | 'outage_allowed', claim: Claim): Promise<void>;
}
