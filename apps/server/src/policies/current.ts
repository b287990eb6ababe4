import type { PolicyRule } from '@countersign/protocol/wire';
import { listGroupsOfUser } from '../groups/store.ts';
import type { Queryable } from '../platform/store/store.ts';
import { compile, decideRule, type Compiled, type Ruling, type Situation } from '../policy/rules.ts';
import { isFamiliar } from '../sessions/familiarity.ts';
import { findCurrentVersion, findVersion, type PolicyVersionRow } from './store.ts';

/** The rules as they are now, in every process: each decision reads which version holds, and has seldom to read more. */

const none = compile([]);
/** The last versions that were made ready, by their ids, which are random: no two stores share one. */
const ready = new Map<string, Compiled>();
const mostReady = 8;

export async function currentRules(on: Queryable): Promise<Compiled> {
  const current = await findCurrentVersion.get(on);
  if (!current) return none;
  let compiled = ready.get(current.id);
  if (!compiled) {
    const { number, id } = current;
    compiled = compile(rulesIn((await findVersion.get(on, { number }))!));
    if (ready.size >= mostReady) ready.clear();
    ready.set(id, compiled);
  }
  return compiled;
}

export const rulesIn = ({ rules }: Pick<PolicyVersionRow, 'rules'>): PolicyRule[] =>
  JSON.parse(rules) as PolicyRule[];

/** What is to be decided on. */
export type Case = Pick<Situation, 'user' | 'target' | 'ip' | 'at'> & {
  /** By what the asker may be familiar; null where nothing is. */
  asker: string | null;
};

/** In the place of what is: what would be decided. */
export interface Supposed {
  rules?: Compiled | undefined;
  familiar?: boolean | undefined;
  /** What these would come to. */
  ruling?: Ruling | undefined;
}

/** The rule that decides. */
export async function rulingOn(
  on: Queryable,
  { asker, ...rest }: Case,
  { rules, familiar, ruling }: Supposed = {},
): Promise<Ruling> {
  if (ruling) return ruling;
  const compiled = rules ?? (await currentRules(on));
  if (compiled.isEmpty) return decideRule(compiled, { ...rest, groups: [], familiar: false });
  const { looksAt } = compiled;
  return decideRule(compiled, {
    ...rest,
    groups: looksAt.groups ? await groupIdsOf(on, rest.user) : [],
    familiar:
      familiar ?? (looksAt.familiar && asker !== null && (await isFamiliar(on, rest.user, asker, rest.at))),
  });
}

export const groupIdsOf = async (on: Queryable, user_id: string): Promise<string[]> =>
  (await listGroupsOfUser.all(on, { user_id })).map(({ id }) => id);
