import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startFakeAgent, type Conversation, type FakeAgent } from '../support/fake-agent.ts';
import { findProgram } from '../support/installed.ts';
import { addLocalUser, type LocalUser } from '../support/local-user.ts';
import { addService, compileModule, whyNoServices } from '../support/pam-module.ts';
import { allowSudo, openTerminal, type Terminal } from '../support/sudo.ts';

/** The module within the machine's own sudo, in a terminal. */
const isInstalled = findProgram('sudo') !== undefined && findProgram('script') !== undefined;
const skip = whyNoServices || (!isInstalled && 'sudo is not installed');
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

async function withSudo(
  talk: (conversation: Conversation) => void | Promise<void>,
  act: (terminal: Terminal, agent: FakeAgent) => Promise<void>,
  command = 'sudo id -un',
): Promise<void> {
  await using agent = await startFakeAgent(talk);
  using service = addService(`required ${module} socket=${agent.socket}`);
  using _ = allowSudo(user, service);
  await using terminal = openTerminal(user, command);
  await act(terminal, agent);
}

const approve = async (agent: Conversation) => {
  agent.say((await agent.ask(prompt)) === '' ? 'OK\n' : 'STOP wrong\n');
};

test(
  'approved: the prompt is shown, Enter goes on, and the agent hears on which terminal',
  { skip },
  async () => {
    await withSudo(approve, async (terminal, agent) => {
      await terminal.until(prompt);
      terminal.type('\n');
      assert.equal(await terminal.ended, 0, terminal.said());
      assert.match(terminal.said(), /^root\r?$/m);
      const request = await agent.conversations[0]!.request();
      assert.equal(request.user, user.name);
      assert.equal(request.ruser, user.name);
      assert.match(request.tty!, /^\/dev\/pts\/\d+$/);
      assert.equal(request.interactive, '1');
    });
  },
);

test('a code is shown as it is typed, and reaches the agent', { skip }, async () => {
  let code: string | undefined;
  const check = async (agent: Conversation) => {
    code = await agent.ask('Code: ');
    agent.say('OK\n');
  };
  await withSudo(check, async (terminal) => {
    await terminal.until('Code: ');
    terminal.type('123456\n');
    assert.equal(await terminal.ended, 0, terminal.said());
    assert.equal(code, '123456');
    assert.match(terminal.said(), /Code: 123456/);
  });
});

test('denied: the reason is shown, though sudo wants silence', { skip }, async () => {
  await withSudo(
    (agent) => agent.say('STOP The request was denied on the phone.\n'),
    async (terminal, agent) => {
      assert.notEqual(await terminal.ended, 0);
      assert.match(terminal.said(), /The request was denied on the phone\./);
      // sudo tries thrice whatever PAM says, so that it takes the server to make one push of it.
      assert.equal(agent.conversations.length, 3);
      assert.doesNotMatch(terminal.said(), /^root/m);
    },
  );
});

test('Ctrl-C while the push is awaited: the agent is told to cancel, at once', { skip }, async () => {
  const spoke = Promise.withResolvers<void>();
  const wait = (agent: Conversation) => {
    agent.say('INFO Approve it on the phone.\n');
    spoke.resolve();
  };
  await withSudo(wait, async (terminal, agent) => {
    await terminal.until('Approve it on the phone.');
    const began = performance.now();
    terminal.type('\x03');
    assert.equal(await agent.conversations[0]!.hear('CANCEL'), 'CANCEL');
    assert.ok(performance.now() - began < 5000);
    assert.notEqual(await terminal.ended, 0);
    assert.equal(agent.conversations.length, 1);
  });
});

test('Ctrl-C at the prompt: the agent is told to cancel, and hears no answer', { skip }, async () => {
  await withSudo(approve, async (terminal, agent) => {
    await terminal.until(prompt);
    // sudo loses a SIGINT that comes after it has shown the prompt and before it reads.
    const again = setInterval(() => terminal.type('\x03'), 500);
    terminal.type('\x03');
    assert.equal(await agent.conversations[0]!.hear('CANCEL'), 'CANCEL');
    clearInterval(again);
    assert.notEqual(await terminal.ended, 0);
    assert.equal(agent.conversations.length, 1);
    assert.equal(
      agent.conversations[0]!.heard.some((line) => line.startsWith('ANS')),
      false,
    );
  });
});

test('without a terminal: the prompt goes where sudo -S says', { skip }, async () => {
  await withSudo(
    approve,
    async (terminal) => {
      assert.equal(await terminal.ended, 0, terminal.said());
      assert.match(terminal.said(), /root\r?$/m);
    },
    'echo | setsid --wait sudo -S id -un 2>&1 | cat',
  );
});
