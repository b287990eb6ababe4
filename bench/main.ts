import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureAgent } from './agent.ts';
import { measureAnswers } from './answers.ts';
import { measureApp } from './app.ts';
import { holds, type Figure } from './figures.ts';
import { measureBetweenProcesses, measureLatency } from './latency.ts';
import { measureLists } from './lists.ts';
import { measureOidc } from './oidc.ts';
import { measureSaml } from './saml.ts';
import { measureSamlSignIns } from './saml-sign-ins.ts';
import { measurePolicies } from './policies.ts';
import { measureSignIn } from './sign-in.ts';
import { measurePortal } from './portal.ts';
import { measureStart } from './start.ts';
import { measureWaiting } from './waiting.ts';
import { measureWeights } from './weights.ts';

/** `npm run bench [-- NAME …]`: every figure of docs/performance.md, measured in one run. */

const benchmarks: Record<string, () => Promise<Figure[]>> = {
  'sign-in': measureSignIn,
  answers: measureAnswers,
  latency: measureLatency,
  'two-processes': measureBetweenProcesses,
  oidc: measureOidc,
  saml: measureSaml,
  'saml-sign-ins': measureSamlSignIns,
  policies: measurePolicies,
  waiting: measureWaiting,
  agent: measureAgent,
  lists: measureLists,
  start: measureStart,
  weights: measureWeights,
  app: measureApp,
  portal: measurePortal,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exit(2);
}

const figures: Record<string, Figure[]> = {};
for (const [name, measure] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  figures[name] = await measure();
}

const number = (value: number) =>
  value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
const rows = Object.values(figures)
  .flat()
  .map((figure) => {
    const { name, value, unit, target } = figure;
    const bound = target
      ? 'atMost' in target
        ? `≤ ${number(target.atMost)}`
        : `≥ ${number(target.atLeast)}`
      : '';
    const kept = holds(figure);
    return [
      name,
      `${number(value)} ${unit}`,
      bound,
      kept === undefined ? '' : kept ? 'holds' : 'falls short',
    ];
  });
const header = ['what', 'median', 'asked', ''];
const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
for (const row of [header, ...rows])
  console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);

const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
const file = join(folder, 'latest.json');
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), node: process.version };
writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, figures }, undefined, 2)}\n`);
console.log(`\nEach sample is in ${file}`);
