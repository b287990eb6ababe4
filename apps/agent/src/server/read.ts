import { isJsonObject } from '@countersign/protocol';
import type { HostLogin } from '@countersign/protocol/wire';

/**
 * The answers that let somebody in are read member for member, as the schema of packages/protocol/src/wire/host.ts has
 * them; by hand, since the library for schemas would be a third of the agent's memory.
 */

const states = ['challenge', 'allowed', 'denied', 'expired'];
const pushStates = ['pending', 'approved', 'denied', 'reported', 'expired', 'cancelled', 'failed'];

const isText = (value: unknown, limit = 1000): value is string =>
  typeof value === 'string' && value.length <= limit;
const isTextOrNull = (value: unknown, limit?: number) => value === null || isText(value, limit);

/** Undefined where it is no Login. */
export function readLogin(value: unknown): HostLogin | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, version, state, user, code, push, reason, expires_at, verdict } = value;
  const isLogin =
    isId(id) &&
    isText(version, 64) &&
    states.includes(state as string) &&
    isJsonObject(user) &&
    isText(user.login) &&
    isText(user.name) &&
    typeof code === 'boolean' &&
    (push === null || isPush(push)) &&
    isTextOrNull(reason) &&
    isText(expires_at, 40) &&
    isTextOrNull(verdict, 8192);
  return isLogin ? (value as unknown as HostLogin) : undefined;
}

function isPush(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { state, number, seen, expires_at } = value;
  const isNumber = number === null || (isText(number) && /^\d{1,10}$/.test(number));
  return (
    pushStates.includes(state as string) && isNumber && typeof seen === 'boolean' && isText(expires_at, 40)
  );
}

export const isId = (value: unknown): value is string => isText(value, 64) && /^[A-Za-z0-9_-]+$/.test(value);
