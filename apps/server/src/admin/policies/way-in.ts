import { decide } from '../../authentication/decide.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Queryable, Transaction } from '../../platform/store/store.ts';
import { currentRules, groupIdsOf } from '../../policies/current.ts';
import { enrollable } from '../../policies/enrolment.ts';
import { listActiveOwners } from '../../policies/store.ts';
import { isEnough } from '../../policy/enrolment.ts';
import { rulingsInReach, type Compiled } from '../../policy/rules.ts';
import { readSettings } from '../../settings/settings.ts';
import { holdOwners } from '../../users/owners.ts';
import { countFactors, findUser } from '../../users/store.ts';

/**
 * Some owner must be able to sign in to the Admin Portal, with a factor that they have now or may enrol, in a browser that is
 * new to them: from some network, at some time.
 */

/** @throws Refusal 409 `policy_locks_out` */
export async function demandWayIn(on: Queryable, rules: Compiled, now: number): Promise<void> {
  if (!(await isWayIn(on, rules, now))) throw new Refusal('policy_locks_out');
}

/**
 * Makes a change of what the rules look at, and takes it back where no owner gets in any more. Where none did before, or
 * where there are no rules, anything goes. One such change comes after the other, and after one of the rules; where more is
 * held, `holdOwners` is for the caller to call first. @throws Refusal 409 `policy_locks_out`
 */
export async function keepingWayIn<T>(
  transaction: Transaction,
  now: number,
  change: () => Promise<T>,
): Promise<T> {
  await holdOwners(transaction);
  const rules = await currentRules(transaction);
  const wasOpen = !rules.isEmpty && (await isWayIn(transaction, rules, now));
  const changed = await change();
  if (wasOpen && !(await isWayIn(transaction, rules, now)))
    throw new Refusal('policy_locks_out', {
      detail: 'By the rules of the policies, no owner could sign in to the Admin Portal after this.',
    });
  return changed;
}

/** What {@link demandWayIn} looked at beside the rules, as a text: while it is the same, it need not look again. */
export async function wayInFacts(on: Queryable): Promise<string> {
  const owners = [];
  for (const { id } of await listActiveOwners.all(on)) {
    const { push_override, mfa_required_from, had_factor } = (await findUser.get(on, { id }))!;
    const factors = await countFactors.get(on, { user_id: id });
    owners.push([id, push_override, mfa_required_from, had_factor, factors, await groupIdsOf(on, id)]);
  }
  return JSON.stringify([await readSettings(on), owners]);
}

async function isWayIn(on: Queryable, rules: Compiled, now: number): Promise<boolean> {
  const asked = { purpose: 'admin_login', resource: null, ip: null, browser_hash: '' } as const;
  for (const { id } of await listActiveOwners.all(on)) {
    const owner = (await findUser.get(on, { id }))!;
    const groups = await groupIdsOf(on, id);
    for (const ruling of rulingsInReach(rules, { user: id, groups, target: 'admin', at: now })) {
      const { decision } = await decide(on, asked, owner, now, { ruling });
      if (decision.outcome === 'enrollment' && !decision.codeRequired) {
        const { factors } = await enrollable(on, { user_id: id, ...owner }, await readSettings(on), rules);
        if (isEnough(factors)) return true;
      }
      // Recovery codes run out.
      const { push, totp, passkey } = decision.outcome === 'challenge' ? decision.factors : noFactors;
      if (push.length > 0 || totp || passkey) return true;
    }
  }
  return false;
}

const noFactors = { push: [], totp: false, passkey: false };
