import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostLogin } from '@countersign/protocol/wire';
import { Gone, type Caller } from '../relay/caller.ts';
import type { Asked } from '../relay/lines.ts';
import { converse } from './conversation.ts';
import type { Answer, Effects } from './effects.ts';

/** A conversation in a world whose time passes only when everybody waits. */

const asked: Asked = {
  local_user: 'alice',
  service: 'sshd',
  rhost: null,
  tty: 'tty1',
  ruser: null,
  uid: 0,
  pid: 1,
  timeout: 90,
  interactive: true,
};
const begun: HostLogin = {
  id: 'login_1',
  version: '1',
  state: 'challenge',
  user: { login: 'alice', name: 'Alice' },
  code: true,
  push: { state: 'pending', number: null, seen: false, expires_at: '' },
  reason: null,
  expires_at: '',
  verdict: null,
};
const answered = <T>(value: T): Answer<T> => ({ kind: 'answered', value });
const away: Answer<never> = { kind: 'outage', reason: 'away' };
const never = () => new Promise<never>(() => {});

class World {
  time = 0;
  readonly cancelled: string[] = [];
  readonly log: string[] = [];
  readonly prompts: string[] = [];
  private sleepers: { at: number; wake: () => void }[] = [];
  readonly gone = new AbortController();
  answers: (string | undefined)[] = [];
  server: Partial<Effects['server']> = {};
  effects: Partial<Effects> = {};

  private sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const sleeper = { at: this.time + ms, wake: resolve };
      this.sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((each) => each !== sleeper);
        reject(signal.reason as Error);
      });
    });

  async run(change: Partial<Asked> = {}) {
    const caller: Caller = {
      gone: this.gone.signal,
      tell: () => {},
      ask: (_, text) => {
        this.prompts.push(text);
        const answer = this.answers[this.prompts.length - 1];
        return answer === undefined ? never() : Promise.resolve(answer);
      },
    };
    let done = false;
    const result = converse({ ...asked, ...change }, caller, {
      monotonic: () => this.time,
      sleep: this.sleep,
      nonce: () => 'nonce',
      server: {
        begin: async () => answered(begun),
        wait: never,
        code: async () => away,
        cancel: async (id) => {
          this.cancelled.push(id);
          return answered(true);
        },
        ...this.server,
      },
      judge: async () => ({ valid: true, user: 'alice', amr: ['pop'] }),
      configuration: () => ({ problem: 'there is none', shut: false }),
      revoked: async () => {},
      offline: {
        has: async () => 'none',
        use: async () => 'none',
        letIn: async () => {},
      },
      log: (_, line) => this.log.push(line),
      ...this.effects,
    }).finally(() => (done = true));
    result.catch(() => {});
    // Somebody always sleeps: the end of the time is waited for from the beginning.
    for (let turns = 0; !done && turns < 1000; turns += 1) {
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
      if (done) break;
      const [next] = this.sleepers.sort((a, b) => a.at - b.at);
      if (!next) break;
      this.sleepers = this.sleepers.filter((each) => each !== next);
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
    assert.ok(done, 'the conversation hangs');
    return result;
  }
}

describe('the time', () => {
  test('is over two seconds before the module’s, or a fifth where that is short', async () => {
    for (const [timeout, end] of [
      [90, 88_000],
      [10, 8000],
      [5, 4000],
      [1, 800],
    ] as const) {
      const world = new World();
      assert.equal((await world.run({ timeout })).word, 'DENY');
      assert.equal(world.time, end);
      assert.deepEqual(world.cancelled, ['login_1']);
    }
  });

  test('bounds whatever does not come back', async () => {
    const hanging: Partial<Effects>[] = [
      { judge: never },
      { offline: { has: never, use: never, letIn: never } },
    ];
    for (const effects of hanging) {
      const world = new World();
      world.effects = effects;
      world.answers = [''];
      world.server = {
        begin: async () =>
          'judge' in effects ? answered({ ...begun, state: 'allowed', verdict: 'v' }) : away,
      };
      if (!('judge' in effects))
        world.effects = {
          ...effects,
          configuration: () =>
            ({
              services: { '*': { factors: ['push'], first_factor: true, deny: false } },
              outage: 'offline_codes',
              break_glass: null,
              host: { name: 'h' },
            }) as never,
        };
      assert.equal((await world.run()).word, 'DENY');
      assert.equal(world.time, 88_000);
    }
    const world = new World();
    world.server = { begin: never };
    assert.equal((await world.run()).word, 'DENY');
  });

  test('polls are no longer than what is left of it', async () => {
    const seconds: number[] = [];
    const world = new World();
    world.server = {
      wait: async (_, wait) => {
        seconds.push(wait);
        world.time += wait * 1000;
        return answered(begun);
      },
    };
    world.answers = [''];
    await world.run({ timeout: 60 });
    assert.deepEqual(seconds.slice(0, 3), [25, 25, 8]);
  });

  test('is not spent on asking a server that answers at once with nothing new', async () => {
    const times: number[] = [];
    const world = new World();
    world.server = { wait: async () => (times.push(world.time), answered(begun)) };
    world.answers = [''];
    await world.run({ timeout: 60 });
    assert.ok(times.length > 50);
    // Each at another moment.
    assert.equal(new Set(times).size, times.length);
  });
});

describe('an outage while the phone is waited for', () => {
  test('is one after ten seconds, and until then asked again', async () => {
    let polls = 0;
    const world = new World();
    world.server = { wait: async () => ((polls += 1), away) };
    world.answers = [''];
    // Something was said, so the module's own option must not decide.
    assert.equal((await world.run()).word, 'DENY');
    assert.ok(world.time >= 10_000 && world.time < 11_000, `${world.time}`);
    assert.ok(polls > 10);
  });

  test('that ends is none', async () => {
    const world = new World();
    world.server = {
      wait: async () =>
        world.time < 9000 ? away : answered({ ...begun, version: '2', state: 'allowed', verdict: 'v' }),
    };
    world.answers = [''];
    assert.equal((await world.run()).word, 'OK');
  });
});

test('a caller that is gone hears nothing, and its login is given up', async () => {
  const world = new World();
  world.server = {
    wait: async () => {
      world.gone.abort(new Gone('it died'));
      return never();
    },
  };
  await assert.rejects(world.run(), Gone);
  assert.deepEqual(world.cancelled, ['login_1']);
  assert.deepEqual(world.log, ['"alice" by "sshd" on "tty1": given up, it died']);
});

test('a caller that was gone before it began', async () => {
  const world = new World();
  world.gone.abort(new Gone('it died'));
  await assert.rejects(world.run(), Gone);
});

test('what a login says of a verdict is not enough: it is judged, and once', async () => {
  for (const [verdict, valid, word] of [
    ['v', true, 'OK'],
    ['v', false, 'STOP'],
    [null, true, 'STOP'],
  ] as const) {
    const world = new World();
    let judged = 0;
    world.server = { begin: async () => answered({ ...begun, state: 'allowed', verdict }) };
    world.effects = {
      judge: async (_, about) => {
        judged += 1;
        assert.deepEqual(about, { sub: 'login_1', nonce: 'nonce', local_user: 'alice', service: 'sshd' });
        return valid ? { valid, user: 'alice', amr: [] } : { valid, reason: 'forged' };
      },
    };
    assert.equal((await world.run()).word, word);
    assert.equal(judged, verdict === null ? 0 : 1);
  }
});

test('a fault of ours is no login', async () => {
  const world = new World();
  world.server = { begin: () => Promise.reject(new TypeError('a defect')) };
  await assert.rejects(world.run(), TypeError);
});
