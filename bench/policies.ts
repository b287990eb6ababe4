import type { PolicyRule } from '@countersign/protocol/wire';
import { compile, decideRule, type Situation } from '../apps/server/src/policy/rules.ts';
import type { Figure } from './figures.ts';

/** Decisions by the rules of the policies, none of which matches until the last: the slowest that there is. */

const rules = 200;
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];

const manyRules = Array.from({ length: rules }, (_, index): PolicyRule => ({
  id: `rule-${index}`,
  name: `Rule ${index}`,
  enabled: true,
  who: index % 4 === 0 ? null : { users: [`user-${index}`], groups: [`group-${index % 40}`, 'staff'] },
  what: ['portal', 'admin', `application:app-${index}`, 'application:payroll'],
  networks: {
    inside: true,
    ranges: [`10.${index}.0.0/16`, `2001:db8:${index.toString(16)}::/48`, `192.0.2.${index}/32`],
  },
  familiar: null,
  when:
    index % 4 === 1
      ? {
          weekdays: [1, 2, 3, 4, 5, 6, 7],
          from: '00:00',
          until: '00:00',
          time_zone: zones[(index % 16) >> 2]!,
        }
      : null,
  effect: { confirmation: 'number' },
}));

export async function measurePolicies(): Promise<Figure[]> {
  const compiled = compile(manyRules);
  const targets = ['portal', 'admin', 'application:payroll', 'application:other'];
  const situation = (index: number): Situation => ({
    user: `user-${index % 1000}`,
    groups: ['staff', `group-${index % 80}`],
    target: targets[index % targets.length]!,
    ip: index % 2 === 0 ? `203.0.${index % 256}.7` : `2001:db8:ffff:${(index % 65536).toString(16)}::1`,
    familiar: index % 3 === 0,
    at: 1_790_000_000_000 + index * 1_000,
  });
  for (let index = 0; index < 20_000; index += 1) decideRule(compiled, situation(index));
  const decisions = 100_000;
  const start = performance.now();
  for (let index = 0; index < decisions; index += 1) decideRule(compiled, situation(index));
  const seconds = (performance.now() - start) / 1000;
  return [
    {
      name: `Decisions by ${rules} rules of the policies, on one core`,
      value: decisions / seconds,
      unit: '/s',
      target: { atLeast: 20_000 },
    },
  ];
}
