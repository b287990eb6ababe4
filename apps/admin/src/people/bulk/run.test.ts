import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { begin, ended, goOn, type Person, type Run } from './run.ts';

const people = (count: number): Person[] =>
  Array.from({ length: count }, (_, n) => ({ id: `p${n}`, name: `Person ${n}` }));
const down = new Error('the server is away');
const options = (show: (run: Run) => void = () => {}) => ({
  stop: new AbortController(),
  endsAll: (error: unknown) => error === down,
  show,
});
const start = (run: Run, act: Parameters<typeof goOn>[1], { stop, ...rest } = options()) =>
  goOn(run, act, { signal: stop.signal, ...rest });

test('everybody is reached once, a few at a time; failures are told with the person and end nothing', async () => {
  let atOnce = 0;
  let most = 0;
  const reached: string[] = [];
  const shown: number[] = [];
  const run = await start(
    begin(people(50)),
    async ({ id }) => {
      most = Math.max(most, (atOnce += 1));
      await sleep(1);
      atOnce -= 1;
      reached.push(id);
      if (id === 'p7') throw new Error('last owner');
      return { changed: id !== 'p9', undo: id === 'p9' ? undefined : async () => {} };
    },
    options((now) => shown.push(ended(now))),
  );
  assert.equal(new Set(reached).size, 50);
  assert.equal(reached.length, 50);
  assert.equal(most, 4);
  assert.deepEqual([run.changed, run.unchanged, run.rest.length], [48, 1, 0]);
  assert.deepEqual(
    run.failed.map(({ person, error }) => [person.id, (error as Error).message]),
    [['p7', 'last owner']],
  );
  assert.equal(run.undos.length, 48);
  assert.deepEqual(
    shown,
    [...shown].sort((a, b) => a - b),
  );
  assert.equal(shown.at(-1), 50);
});

test('stopped, it touches nobody more, and goes on where it was', async () => {
  const how = options();
  const reached: string[] = [];
  const act = async ({ id }: Person) => {
    reached.push(id);
    if (reached.length === 10) how.stop.abort();
    await sleep(1);
    return { changed: true };
  };
  const half = await start(begin(people(100)), act, how);
  assert.ok(half.changed >= 10 && half.changed <= 13, String(half.changed));
  assert.equal(half.rest.length, 100 - half.changed);
  const whole = await start(half, act);
  assert.deepEqual([whole.changed, whole.rest.length, new Set(reached).size], [100, 0, 100]);
});

test('what is wrong for everybody ends it: nobody is lost, and nobody is told to have failed', async () => {
  let isDown = true;
  const reached: string[] = [];
  const act = async ({ id }: Person) => {
    if (isDown && reached.length >= 5) throw down;
    reached.push(id);
    return { changed: true };
  };
  const half = await start(begin(people(30)), act);
  assert.equal(half.interrupted, down);
  assert.deepEqual([half.failed.length, half.changed + half.rest.length], [0, 30]);
  isDown = false;
  const whole = await start(half, act);
  assert.deepEqual([whole.interrupted, whole.changed, new Set(reached).size], [undefined, 30, 30]);
});
