import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinedHost, type TestHost } from './support/host.ts';
import { FakeServer } from './support/fake-server.ts';
import { FakeModule, login } from './support/fake-module.ts';
import { writeFromModule } from '../src/relay/lines.ts';

/** Logins that the server decides, over a real socket and real HTTP. */

async function together(act: (host: TestHost, server: FakeServer) => Promise<void>): Promise<void> {
  await using server = await FakeServer.start();
  await using host = await joinedHost(server);
  await act(host, server);
}
const has = (host: TestHost, text: RegExp) =>
  assert.ok(
    host.log.some((line) => text.test(line)),
    `${text} is not in\n${host.log.join('\n')}`,
  );
const until = async (isSo: () => boolean) => {
  for (let tries = 0; !isSo(); tries += 1) {
    assert.ok(tries < 300, 'it did not come to that');
    await sleep(10);
  }
};

describe('a login with a push', () => {
  test('approved while the prompt is open: Enter lets in', () =>
    together(async (host, server) => {
      const outcome = await host.ask({}, [
        async () => {
          await server.approve();
          return '';
        },
      ]);
      assert.deepEqual(
        [outcome.last, outcome.prompts],
        ['OK', ['A request was sent to your phone. Approve it, then press Enter. Or type a code: ']],
      );
      has(host, /notice {2}"alice" by "sshd" from "203\.0\.113\.9": let in, as "alice" \(pop\)/);
    }));

  test('Enter waits for what is left of the push', () =>
    together(async (host, server) => {
      const asking = host.ask({}, ['']);
      await until(() => server.logins.size === 1);
      await sleep(100);
      await server.approve();
      assert.equal((await asking).last, 'OK');
    }));

  test('the number is in the prompt', () =>
    together(async (host, server) => {
      server.push = { number: '62' };
      const outcome = await host.ask({}, [async () => (await server.approve(), '')]);
      assert.equal(
        outcome.prompts[0],
        'A request was sent to your phone (number 62). Approve it, then press Enter. Or type a code: ',
      );
      assert.equal(outcome.last, 'OK');
    }));

  test('a denial stops the caller from trying again, and is one push', () =>
    together(async (host, server) => {
      const outcome = await host.ask({}, [async () => (await server.deny(), '')]);
      assert.deepEqual([outcome.last, outcome.text], ['STOP', 'The request was denied on the phone.']);
      assert.equal(server.count('POST', /^\/logins$/), 1);
      has(host, /refused, it was denied on the phone/);
    }));

  test('a request that nobody answers asks for a code, and none ends it', () =>
    together(async (host, server) => {
      const outcome = await host.ask({}, [async () => (await server.expire(), ''), '', '']);
      assert.equal(outcome.prompts[1], 'The request has expired. Type a code: ');
      assert.equal(outcome.last, 'STOP');
      await until(() => server.count('DELETE', /login_/) === 1);
    }));

  test('the time runs out: refused before the module loses patience, and the request is cancelled', () =>
    together(async (host, server) => {
      const outcome = await host.ask({ timeout: 2 }, [() => undefined]);
      assert.deepEqual([outcome.last, outcome.text], ['DENY', 'The time to log in is over.']);
      assert.ok(outcome.ms > 1000 && outcome.ms < 2000, `${outcome.ms} ms`);
      await until(() => server.count('DELETE', /login_/) === 1);
      has(host, /refused, the time was over/);
    }));

  test('what is told to the server is what the module said', () =>
    together(async (host, server) => {
      await host.ask({ local_user: 'zoë%\n', rhost: 'ümläut\n', tty: null, ruser: 'bob' }, [
        async () => (await server.approve(), ''),
      ]);
      const { nonce, ...told } = server.last().asked;
      assert.match(nonce, /^[\w-]{22}$/);
      assert.deepEqual(told, {
        local_user: 'zoë%\n',
        service: 'sshd',
        rhost: 'ümläut\n',
        tty: null,
        ruser: 'bob',
        interactive: true,
      });
      assert.ok(host.log.every((line) => !line.includes('\n')));
    }));
});

describe('a login with a code', () => {
  test('lets in', () =>
    together(async (host) => {
      assert.equal((await host.ask({}, ['123 456'])).last, 'OK');
    }));

  test('a wrong one is asked again, three times in all', () =>
    together(async (host, server) => {
      const right = await host.ask({}, ['111111', '222222', '123456']);
      assert.deepEqual(
        [right.last, right.prompts[1]],
        ['OK', 'The code is wrong. Approve the request on your phone, then press Enter. Or type a code: '],
      );
      const wrong = await host.ask({}, ['111111', '222222', '333333', '123456']);
      assert.deepEqual([wrong.last, wrong.text, wrong.prompts.length], ['STOP', 'Too many wrong codes.', 3]);
      await until(() => server.count('DELETE', /login_/) === 1);
    }));

  test('without a push the reason stands before it, and what is no code goes nowhere', () =>
    together(async (host, server) => {
      server.push = null;
      const outcome = await host.ask({}, ['hello', '', '123456']);
      assert.deepEqual(outcome.prompts, [
        'Requests are not sent just now. Type a code: ',
        'That is no code. Type a code: ',
        'That is no code. Type a code: ',
      ]);
      assert.equal(outcome.last, 'OK');
      assert.equal(server.count('POST', /code$/), 1);
    }));

  test('an offline code is named while the server is there', () =>
    together(async (host) => {
      const outcome = await host.ask({}, ['12345678', '123456']);
      assert.match(outcome.prompts[1]!, /^That is an offline code, and the server can be reached\./);
      assert.equal(outcome.last, 'OK');
    }));

  test('a factor that is locked leaves the push', () =>
    together(async (host, server) => {
      server.instead = ({ path }) =>
        path.endsWith('/code') ? server.refuse(423, 'factor_locked') : undefined;
      const outcome = await host.ask({}, ['111111', async () => (await server.approve(), '')]);
      assert.equal(outcome.last, 'OK');
      server.push = null;
      assert.deepEqual((await host.ask({}, ['111111'])).last, 'STOP');
    }));
});

describe('where nothing can be asked', () => {
  test('the push alone decides, and something is said at once', () =>
    together(async (host, server) => {
      const asking = host.ask({ interactive: false });
      await until(() => server.logins.size === 1);
      await server.approve();
      const outcome = await asking;
      assert.deepEqual(
        outcome.lines.map(({ word }) => word),
        ['INFO', 'OK'],
      );
      assert.equal(server.last().asked.interactive, false);
    }));

  test('denied, expired, no push, a number: refused', () =>
    together(async (host, server) => {
      for (const [end, last] of [
        [() => server.deny(), 'STOP'],
        [() => server.expire(), 'DENY'],
      ] as const) {
        const before = server.logins.size;
        const asking = host.ask({ interactive: false });
        await until(() => server.logins.size > before);
        await end();
        assert.equal((await asking).last, last);
      }
      server.push = { number: '62' };
      assert.equal((await host.ask({ interactive: false })).last, 'STOP');
      server.push = null;
      assert.equal((await host.ask({ interactive: false })).last, 'STOP');
    }));
});

describe('a caller that is no more', () => {
  test('dies while the prompt is open: its push is cancelled', () =>
    together(async (host, server) => {
      const outcome = await host.ask({}, [(module) => (module.die(), undefined)]);
      assert.equal(outcome.last, undefined);
      await until(() => server.count('DELETE', /login_/) === 1);
      has(host, /given up, the program that logs in has ended/);
    }));

  test('dies before the server has answered: the push is cancelled once it is known', () =>
    together(async (host, server) => {
      let answer = () => {};
      server.instead = ({ path }) =>
        path === '/logins' ? new Promise((resolve) => (answer = () => resolve(undefined))) : undefined;
      const module = await FakeModule.connect(host.socket);
      module.write(writeFromModule({ word: 'CSP1', asked: login }));
      await until(() => server.count('POST', /^\/logins$/) === 1);
      module.die();
      await sleep(50);
      answer();
      await until(() => server.count('DELETE', /login_/) === 1);
    }));

  test('Ctrl-C: CANCEL cancels the push', () =>
    together(async (host, server) => {
      const outcome = await host.ask({}, [
        (module) => {
          module.write('CANCEL\n');
          return undefined;
        },
      ]);
      assert.equal(outcome.last, undefined);
      await until(() => server.count('DELETE', /login_/) === 1);
      has(host, /given up, it was cancelled \(Ctrl-C\)/);
    }));

  test('Enter and then Ctrl-C, while the phone is waited for', () =>
    together(async (host, server) => {
      const asking = host.ask({}, [
        (module) => {
          setTimeout(() => module.write('CANCEL\n'), 100);
          return '';
        },
      ]);
      assert.equal((await asking).last, undefined);
      await until(() => server.count('DELETE', /login_/) === 1);
    }));
});

describe('what the module must not say', () => {
  const lines: [string, string | Uint8Array][] = [
    ['garbage', 'hello\n'],
    ['an answer first', 'ANS 123456\n'],
    ['CANCEL first', 'CANCEL\n'],
    ['another version', writeFromModule({ word: 'CSP1', asked: login }).replace('CSP1', 'CSP2')],
    ['a NUL in the name', writeFromModule({ word: 'CSP1', asked: login }).replace('alice', 'alice%00')],
    ['a name that is no UTF-8', writeFromModule({ word: 'CSP1', asked: login }).replace('alice', '%FF')],
    ['no name', writeFromModule({ word: 'CSP1', asked: { ...login, local_user: '' } })],
    [
      'a name of 300 characters',
      writeFromModule({ word: 'CSP1', asked: { ...login, local_user: 'a'.repeat(300) } }),
    ],
    ['a line without an end', 'A'.repeat(5000)],
    ['no time', writeFromModule({ word: 'CSP1', asked: { ...login, timeout: 0 } })],
    ['two lines at once', writeFromModule({ word: 'CSP1', asked: login }) + 'ANS 123456\n'],
  ];
  for (const [what, line] of lines) {
    test(`${what}: hung up, and nobody is let in`, () =>
      together(async (host, server) => {
        const module = await FakeModule.connect(host.socket);
        module.write(line);
        const said = [];
        for await (const each of module.lines()) said.push(each.word);
        assert.deepEqual(said, []);
        has(host, /given up/);
        assert.ok([...server.logins.values()].every(({ login: { state } }) => state !== 'allowed'));
      }));
  }

  test('nothing at all: hung up within seconds', { timeout: 15_000 }, () =>
    together(async (host) => {
      const module = await FakeModule.connect(host.socket);
      const began = performance.now();
      for await (const each of module.lines()) assert.fail(each.word);
      assert.ok(performance.now() - began < 7000);
    }),
  );
});

test('50 logins at once, each with its own number', () =>
  together(async (host, server) => {
    server.begun = ({ login: begun, asked }) => {
      begun.push!.number = asked.local_user.slice(1);
      setTimeout(() => void server.approve(server.logins.get(begun.id)), 50);
    };
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => host.ask({ local_user: `u${100 + index}` }, [''])),
    );
    for (const [index, { last, prompts }] of outcomes.entries()) {
      assert.equal(last, 'OK');
      assert.ok(prompts[0]!.includes(`(number ${100 + index})`));
    }
  }));

test('past the bound of connections logins are refused, not let in as in an outage', async () => {
  await using server = await FakeServer.start();
  await using host = await joinedHost(server, { limit: 2 });
  const held = [await FakeModule.connect(host.socket), await FakeModule.connect(host.socket)];
  const outcome = await host.ask();
  assert.deepEqual([outcome.last, outcome.text], ['DENY', 'Too many logins are going on here. Try again.']);
  has(host, /refused: 2 logins are going on at once/);
  for (const module of held) module.die();
  await sleep(50);
  assert.equal((await host.ask({}, ['123456'])).last, 'OK');
});
