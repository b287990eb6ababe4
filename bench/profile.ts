import { readFileSync } from 'node:fs';

/**
 * `node bench/profile.ts FILE.cpuprofile`: where the time of a CPU profile went, without the idle part: by package or
 * file, by function, and by function with all that it calls. Profiles come from `BENCH_PROFILE=FOLDER npm run bench -- NAME`.
 */

interface Frame {
  functionName: string;
  url: string;
  lineNumber: number;
}
interface Profile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

const profile = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Profile;
const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
const parents = new Map(
  profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
);
const fileOf = ({ url, functionName }: Frame) =>
  url.replace(/^file:\/\/.*?\/(node_modules|apps|packages)\//, '$1/') || functionName;
const placeOf = (frame: Frame) =>
  /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(fileOf(frame))?.[1] ?? fileOf(frame);
const nameOf = (frame: Frame) =>
  `${frame.functionName || '(anonymous)'} ${fileOf(frame)}:${frame.lineNumber + 1}`;

const byPlace = new Map<string, number>();
const byFunction = new Map<string, number>();
const whole = new Map<string, number>();
const add = (to: Map<string, number>, key: string, time: number) => to.set(key, (to.get(key) ?? 0) + time);
let busy = 0;
for (const [index, id] of profile.samples.entries()) {
  const frame = nodes.get(id)!;
  if (frame.functionName === '(idle)') continue;
  const time = profile.timeDeltas[index]! / 1000;
  busy += time;
  add(byPlace, placeOf(frame), time);
  add(byFunction, nameOf(frame), time);
  const names = new Set<string>();
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at))
    names.add(nameOf(nodes.get(at)!));
  for (const name of names) add(whole, name, time);
}
for (const [title, times] of [
  ['by package or file', byPlace],
  ['by function', byFunction],
  ['by function, with all that it calls', whole],
] as const) {
  console.log(`\n${title}, of ${busy.toFixed(0)} ms busy`);
  for (const [name, time] of [...times].toSorted((a, b) => b[1] - a[1]).slice(0, 45))
    console.log(
      `${((time / busy) * 100).toFixed(1).padStart(5)} %  ${time.toFixed(0).padStart(6)} ms  ${name}`,
    );
}
