import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startFakeAgent, type Conversation } from '../support/fake-agent.ts';
import { findProgram } from '../support/installed.ts';
import { addLocalUser, type LocalUser } from '../support/local-user.ts';
import { addService, compileModule, whyNoServices } from '../support/pam-module.ts';
import { findSshd, startSshd, type Sshd } from '../support/sshd.ts';

/** The module within the machine's own sshd. */
const isInstalled = findSshd() !== undefined && findProgram('ssh') !== undefined;
const skip = whyNoServices || (!isInstalled && 'OpenSSH is not installed');
const folder = mkdtempSync(join(tmpdir(), 'countersign-pam-'));
let module: string;
let user: LocalUser;
if (!skip) {
  before(async () => {
    module = await compileModule(folder);
    user = addLocalUser();
  });
  after(() => user[Symbol.dispose]());
}
after(() => rmSync(folder, { recursive: true, force: true }));

const prompt = 'A request was sent to your phone (number 62). Approve it, then press Enter. Or type a code: ';
const keyboard = 'keyboard-interactive:pam';

/** What `act` does with a server of these methods, while the agent talks like that. */
async function withSshd<T>(
  methods: string,
  talk: (conversation: Conversation) => void | Promise<void>,
  act: (sshd: Sshd, conversations: readonly Conversation[]) => Promise<T>,
  options = '',
): Promise<T> {
  await using agent = await startFakeAgent(talk);
  using service = addService(`required ${module} socket=${agent.socket} ${options}`);
  await using sshd = await startSshd(service, methods);
  return await act(sshd, agent.conversations);
}

test(
  'approved: the prompt is shown as it is, Enter goes on, and the agent hears from where',
  { skip },
  async () => {
    const approve = async (agent: Conversation) => {
      agent.say((await agent.ask(prompt)) === '' ? 'OK\n' : 'STOP wrong\n');
    };
    await withSshd(keyboard, approve, async (sshd, conversations) => {
      const { allowed, prompts, said } = await sshd.login(user.name);
      assert.equal(allowed, true, said + sshd.log());
      assert.equal(prompts.length, 1);
      assert.ok(prompts[0]!.includes(prompt.trim()), prompts[0]);
      const request = await conversations[0]!.request();
      assert.match(request.service!, /^countersign-test-/);
      assert.equal(request.user, user.name);
      assert.equal(request.rhost, '127.0.0.1');
      assert.equal(request.tty, 'ssh');
    });
  },
);

test('a code is checked by the agent, which may ask again', { skip }, async () => {
  const check = async (agent: Conversation) => {
    for (const again of ['', 'Wrong code. ']) {
      if ((await agent.ask(`${again}${prompt}`)) === '123456') return agent.say('OK\n');
    }
    return agent.say('STOP wrong\n');
  };
  await withSshd(keyboard, check, async (sshd, conversations) => {
    const { allowed, prompts, said } = await sshd.login(user.name, { answers: ['000000', '123456'] });
    assert.equal(allowed, true, said + sshd.log());
    assert.equal(prompts.length, 2);
    assert.match(prompts[1]!, /Wrong code\./);
    assert.equal(conversations.length, 1);
  });
});

test('denied by STOP: one conversation, however often the client would try', { skip }, async () => {
  const deny = async (agent: Conversation) => {
    await agent.ask(prompt);
    agent.say('STOP The request was denied.\n');
  };
  await withSshd(keyboard, deny, async (sshd, conversations) => {
    const { allowed } = await sshd.login(user.name);
    assert.equal(allowed, false);
    assert.equal(conversations.length, 1);
  });
});

test('denied by DENY: the client tries again, which is why a denial is a STOP', { skip }, async () => {
  await withSshd(
    keyboard,
    (agent) => agent.say('DENY no\n'),
    async (sshd, conversations) => {
      assert.equal((await sshd.login(user.name)).allowed, false);
      assert.equal(conversations.length, 3);
    },
  );
});

test('a key, and then the prompt: each without the other is not enough', { skip }, async () => {
  const check = async (agent: Conversation) => {
    agent.say((await agent.ask(prompt)) === '123456' ? 'OK\n' : 'STOP wrong\n');
  };
  await withSshd(`publickey,${keyboard}`, check, async (sshd, conversations) => {
    const key = sshd.addKey(user.name);
    assert.equal((await sshd.login(user.name, { answers: ['123456'] })).allowed, false);
    assert.equal(conversations.length, 0);
    const both = await sshd.login(user.name, { key, answers: ['123456'] });
    assert.equal(both.allowed, true, both.said + sshd.log());
    assert.equal((await sshd.login(user.name, { key, answers: ['000000'] })).allowed, false);
    assert.equal(conversations.length, 2);
  });
});

test('the method `password` shows no prompt: the push decides', { skip }, async () => {
  const heard: (string | undefined)[] = [];
  const wait = async (agent: Conversation) => {
    heard.push(await agent.ask(prompt));
    agent.say('OK\n');
  };
  await withSshd('password', wait, async (sshd) => {
    const { allowed, said } = await sshd.login(user.name, { method: 'password', answers: ['whatever'] });
    assert.equal(allowed, true, said + sshd.log());
    assert.deepEqual(heard, ['']);
  });
});

test('a client that is killed at the prompt is heard of by the agent, at once', { skip }, async () => {
  const prompted = new AbortController();
  const ended = Promise.withResolvers<(string | undefined)[]>();
  const wait = async (agent: Conversation) => {
    setTimeout(() => prompted.abort(), 1000);
    const answer = await agent.ask(prompt);
    const cancelled = await agent.hear('CANCEL');
    ended.resolve([answer, cancelled]);
  };
  await withSshd(keyboard, wait, async (sshd) => {
    const began = performance.now();
    assert.equal((await sshd.login(user.name, { signal: prompted.signal })).allowed, false);
    // The connection is gone, and nothing was answered: sshd ends the process.
    assert.deepEqual(await ended.promise, [undefined, undefined]);
    assert.ok(performance.now() - began < 20_000);
  });
});

test('a login whose time is over is heard of by the agent', { skip }, async () => {
  const gone = Promise.withResolvers<Conversation>();
  const wait = async (agent: Conversation) => {
    agent.say('INFO Wait.\n');
    await agent.hear('CANCEL');
    gone.resolve(agent);
  };
  await using agent = await startFakeAgent(wait);
  using service = addService(`required ${module} socket=${agent.socket}`);
  await using sshd = await startSshd(service, keyboard, ['LoginGraceTime 3']);
  // What the login takes is shorter than what the agent waits for.
  assert.equal((await sshd.login(user.name)).allowed, false);
  assert.equal((await gone.promise).ended, true);
});

test('an agent that is not there: refused, or let in where the module is told so', { skip }, async () => {
  for (const outage of ['deny', 'allow']) {
    using service = addService(`required ${module} socket=${folder}/nothing outage=${outage}`);
    await using sshd = await startSshd(service, keyboard);
    assert.equal((await sshd.login(user.name)).allowed, outage === 'allow');
  }
});

test('fifty logins at once', { skip }, async () => {
  const check = async (agent: Conversation) => {
    agent.say((await agent.ask(prompt)) === '123456' ? 'OK\n' : 'STOP wrong\n');
  };
  await withSshd(keyboard, check, async (sshd, conversations) => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        sshd.login(user.name, { answers: [index % 5 === 0 ? '000000' : '123456'] }),
      ),
    );
    assert.deepEqual(
      results.map(({ allowed }) => allowed),
      results.map((_, index) => index % 5 !== 0),
    );
    assert.equal(conversations.length, 50);
  });
});
