import { errors, type ErrorCode } from '@countersign/protocol';
import type { Problem } from '@countersign/protocol/wire';
import { timeText } from '../platform.ts';

type Members = Pick<Problem, 'state' | 'resource' | 'reasons' | 'tries_left' | 'errors' | 'retry_after'>;

/** A call that is refused: thrown by routes and the rules behind them, answered as RFC 9457 problem JSON. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly members: Members;

  /** `detail` says more of this one case than the code's own sentence; `members` are extensions (`retry_after` in seconds). */
  constructor(code: ErrorCode, members: Members & { detail?: string } = {}) {
    const { detail, ...rest } = members;
    super(detail ?? errors[code][1]);
    this.code = code;
    this.status = errors[code][0];
    this.members = rest;
  }
}

/** Whole seconds from `now` until `at`, at least 1. */
export const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1000));

export const problemOf = (refusal: Refusal, now: number): Problem => ({
  type: `urn:countersign:error:${refusal.code}`,
  title: errors[refusal.code][1],
  status: refusal.status,
  detail: refusal.message,
  code: refusal.code,
  server_time: timeText(now),
  ...refusal.members,
});
