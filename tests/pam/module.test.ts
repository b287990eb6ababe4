import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startFakeAgent, type Conversation } from '../support/fake-agent.ts';
import { findProgram } from '../support/installed.ts';
import { addService, authenticate, compileModule, whyNoServices } from '../support/pam-module.ts';

/** The module within the machine's own libpam, asked by `pamtester`. */
const skip = whyNoServices || (findProgram('pamtester') === undefined && 'pamtester is not installed');
const folder = mkdtempSync(join(tmpdir(), 'countersign-pam-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let module: string;
if (!skip) before(async () => (module = await compileModule(folder)));

const nobody = 65534;
const prompt = 'A request was sent to your phone (number 62). Approve it, then press Enter. Or type a code: ';

/** One login while the agent talks like that. */
async function login(
  talk: (conversation: Conversation) => void | Promise<void>,
  {
    options = '',
    answers = [],
    items = [],
    as,
  }: { options?: string; answers?: string[]; items?: string[]; as?: number } = {},
) {
  await using agent = await startFakeAgent(talk, { as });
  using service = addService(`required ${module} socket=${agent.socket} ${options}`);
  const result = await authenticate(service, { answers, items });
  return { ...result, service: service.name, conversations: agent.conversations };
}

const denied = /Authentication failure/;
const isAway = /cannot retrieve authentication info/;
const mayNotRetry = /maximum number of retries/;

test('OK lets in, and the agent hears who wants to log in', { skip }, async () => {
  const { allowed, said, service, conversations } = await login((agent) => agent.say('OK\n'), {
    items: ['rhost=203.0.113.9', 'tty=pts/3', 'ruser=a b=%'],
  });
  assert.equal(allowed, true, said);
  const { pid, ...request } = await conversations[0]!.request();
  assert.match(pid!, /^\d+$/);
  assert.deepEqual(request, {
    ...{ user: 'root', service, rhost: '203.0.113.9', tty: 'pts/3', ruser: 'a b=%' },
    ...{ uid: '0', timeout: '90', interactive: '1' },
  });
});

test('DENY, STOP and UNAVAIL do not, each with its text and its code', { skip }, async () => {
  for (const [line, code] of [
    ['DENY The request was denied.', denied],
    ['STOP The request was denied.', mayNotRetry],
    ['UNAVAIL The request was denied.', isAway],
  ] as const) {
    const { allowed, said } = await login((agent) => agent.say(`${line}\n`));
    assert.equal(allowed, false);
    assert.match(said, code);
    assert.match(said, /The request was denied\./);
  }
});

test('a prompt is shown, and its answer reaches the agent', { skip }, async () => {
  for (const echo of ['on', 'off'] as const) {
    let answer: string | undefined;
    const { allowed, said } = await login(
      async (agent) => {
        agent.say('INFO Wait.\n');
        answer = await agent.ask(prompt, echo);
        agent.say('OK\n');
      },
      { answers: ['123456'] },
    );
    assert.equal(allowed, true, said);
    assert.equal(answer, '123456');
    assert.ok(said.includes(prompt) && said.includes('Wait.'), said);
  }
});

test('the agent may ask thrice', { skip }, async () => {
  const heard: (string | undefined)[] = [];
  const { allowed } = await login(
    async (agent) => {
      for (const each of ['one', 'two', 'three']) heard.push(await agent.ask(each));
      agent.say('STOP Three wrong codes.\n');
    },
    { answers: ['1', '', '3'] },
  );
  assert.equal(allowed, false);
  assert.deepEqual(heard, ['1', '', '3']);
});

test('with the option silent nothing is shown or asked', { skip }, async () => {
  const quiet = await login((agent) => agent.say('INFO Hello\nOK\n'), { options: 'silent' });
  assert.equal(quiet.allowed, true);
  assert.doesNotMatch(quiet.said, /Hello/);
  assert.equal((await quiet.conversations[0]!.request()).interactive, '0');
  const asked = await login((agent) => agent.say('ASK on Code: \nOK\n'), { options: 'silent' });
  assert.equal(asked.allowed, false);
});

for (const outage of ['deny', 'allow']) {
  const options = `outage=${outage} timeout=2`;
  const onlyIf = outage === 'allow';

  test(`outage=${outage}: UNAVAIL, silence, and an agent that is not there`, { skip }, async () => {
    assert.equal((await login((agent) => agent.say('UNAVAIL away\n'), { options })).allowed, onlyIf);
    const silent = await login(() => undefined, { options });
    assert.equal(silent.allowed, onlyIf);
    assert.ok(silent.seconds >= 2 && silent.seconds < 10, `${silent.seconds} s`);
    using service = addService(`required ${module} socket=${folder}/nothing ${options}`);
    assert.equal((await authenticate(service)).allowed, onlyIf);
    const socket = join(folder, `stale-${outage}`);
    await stop(await startOther(socket), 'SIGKILL');
    using stale = addService(`required ${module} socket=${socket} ${options}`);
    assert.equal((await authenticate(stale)).allowed, onlyIf);
  });

  test(
    `outage=${outage}: nobody gets in by an agent that has spoken, or by one that is none`,
    { skip },
    async () => {
      const bad: Record<string, (agent: Conversation) => void> = {
        garbage: (agent) => agent.say(Buffer.from([0xff, 0, 0x1b, 0x0a])),
        'no line of its own': (agent) => agent.say('OKAY\n'),
        'a hang-up': (agent) => agent.hangUp(),
        'a hang-up after INFO': (agent) => (agent.say('INFO Wait.\n'), agent.hangUp()),
        'half a word': (agent) => (agent.say('OK'), agent.hangUp()),
        'a stall after INFO': (agent) => agent.say('INFO Wait.\n'),
        'a stall after a prompt': (agent) => void agent.ask('Code: '),
        'a stall within a line': (agent) => agent.say('O'),
        'UNAVAIL after INFO': (agent) => agent.say('INFO Wait.\nUNAVAIL away\n'),
      };
      for (const [what, talk] of Object.entries(bad)) {
        const { allowed, said, seconds } = await login(talk, { options, answers: [''] });
        assert.equal(allowed, false, what);
        assert.match(said, denied, what);
        assert.ok(seconds < 10, `${what}: ${seconds} s`);
      }
    },
  );

  test(`outage=${outage}: an agent that is killed while it talks`, { skip }, async () => {
    const socket = join(folder, `killed-${outage}`);
    const other = await startOther(socket, 'INFO Wait.\n');
    using service = addService(`required ${module} socket=${socket} outage=${outage}`);
    const waiting = authenticate(service);
    await once(other.stdout!, 'data');
    await stop(other, 'SIGKILL');
    const { allowed, said, seconds } = await waiting;
    assert.equal(allowed, false);
    assert.match(said, denied);
    assert.ok(seconds < 30);
  });

  test(`outage=${outage}: a socket of somebody else's`, { skip }, async () => {
    const foreign = await login((agent) => agent.say('OK\n'), { options, as: nobody });
    assert.equal(foreign.allowed, false);
    assert.match(foreign.said, denied);
    // Nothing is said to a stranger.
    assert.deepEqual(
      foreign.conversations.flatMap(({ heard }) => heard),
      [],
    );
    const owned = await login((agent) => agent.say('OK\n'), {
      options: `${options} owner=nobody`,
      as: nobody,
    });
    assert.equal(owned.allowed, true);
  });
}

test('an option that is none lets nobody in', { skip }, async () => {
  const { allowed, conversations } = await login((agent) => agent.say('OK\n'), { options: 'outage=alow' });
  assert.equal(allowed, false);
  assert.equal(conversations.length, 0);
});

test('a caller that is killed is heard of by the agent', { skip }, async () => {
  const called = Promise.withResolvers<Conversation>();
  await using agent = await startFakeAgent(called.resolve);
  using service = addService(`required ${module} socket=${agent.socket}`);
  const child = spawn('pamtester', [service.name, 'root', 'authenticate'], { stdio: 'ignore' });
  const conversation = await called.promise;
  await conversation.request();
  assert.equal(conversation.ended, false);
  await stop(child, 'SIGKILL');
  await conversation.hear('CANCEL');
  assert.equal(conversation.ended, true);
});

test('fifty logins at once, each with an answer of its own', { skip }, async () => {
  await using agent = await startFakeAgent(async (conversation) => {
    const { user } = await conversation.request();
    const answer = await conversation.ask('Code: ');
    conversation.say(answer === `for ${user}` ? 'OK\n' : 'STOP wrong\n');
  });
  using service = addService(`required ${module} socket=${agent.socket}`);
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const user = `user${index}`;
      return authenticate(service, { user, answers: [index % 5 === 0 ? 'for another' : `for ${user}`] });
    }),
  );
  assert.deepEqual(
    results.map(({ allowed }) => allowed),
    results.map((_, index) => index % 5 !== 0),
  );
});

/** An agent in a process of its own, which can be killed. It tells of each caller on its output. */
async function startOther(socket: string, line = ''): Promise<ChildProcess> {
  const file = `${socket}.mjs`;
  writeFileSync(
    file,
    `import { createServer } from 'node:net';
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.write(${JSON.stringify(line)}, () => console.log('spoke'));
});
server.listen(${JSON.stringify(socket)}, () => console.error('listens'));
`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child.stderr, 'data');
  return child;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
