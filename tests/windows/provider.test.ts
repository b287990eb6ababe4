import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeBase32 } from '@countersign/protocol/otp';
import { makeHostGroup, startAgentHost, type AgentHost } from '../support/agent.ts';
import { startFakeAgent, type Conversation } from '../support/fake-agent.ts';
import type { Browser } from '../support/browser.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { oneTimeCode } from '../support/one-time-code.ts';
import { enrol, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';
import {
  startWindows,
  whyNoWindows,
  type LoginWindow,
  type Submitted,
  type Windows,
} from '../support/windows-login.ts';

/** The credential provider for Windows in a login window that is played, under wine. */
const skip = whyNoWindows;
let windows: Windows;
if (!skip) {
  before(async () => void (windows = await startWindows()));
  after(() => windows[Symbol.asyncDispose]());
}

const password = 'päss w%rd';
const prompt = 'A request was sent to your phone (number 62). Approve it. Or type a code: ';
const notAsItShould = 'The Countersign agent does not answer as it should.';
const [logon, unlock] = [1, 2];

type Talk = (conversation: Conversation) => void | Promise<void>;

/** A login window in which alice has typed her name and password, while the agent talks like that. */
async function withAgent(
  talk: Talk,
  act: (window: LoginWindow, conversations: Conversation[]) => Promise<void>,
  { scenario = logon, owner = 'SY' } = {},
): Promise<void> {
  await using agent = await startFakeAgent(talk);
  await using window = windows.open();
  await window.do(`scenario ${scenario}`);
  await window.agentAt(agent.socket, owner);
  await window.type({ user: 'alice', password });
  await act(window, agent.conversations);
  for (const { heard } of agent.conversations)
    for (const secret of [password, 'w%rd', 'w%25rd']) assert.ok(!heard.join('\n').includes(secret));
}

const approve: Talk = async (agent) => {
  if ((await agent.hear('CSP1 ')) !== undefined) agent.say('OK\n');
};

/** Whatever was shown, nobody gets in, and nobody gets in later either. */
async function keptOut(window: LoginWindow, options?: { cancelAfter?: number }) {
  const submitted = await window.submit(options);
  assert.equal(submitted.credential, undefined);
  assert.match((await window.do('serialize 0')).join('\n'), /^serialize 0{8} 1 1 /);
  return submitted;
}

describe('the tile', { skip }, () => {
  test('has its fields, in the login and the unlock window and in no other', async () => {
    await using window = windows.open();
    for (const scenario of [logon, unlock])
      assert.ok((await window.do(`scenario ${scenario}`)).includes('tiles 1 0'));
    for (const scenario of [3, 4, 5])
      assert.ok((await window.do(`scenario ${scenario}`)).includes('scenario 80004001'));
    assert.deepEqual(await window.do('fields 0'), [
      "descriptor 0 1 3 0 'Countersign' 'Countersign'",
      "descriptor 1 4 1 3 'User name' ''",
      "descriptor 2 5 1 0 'Password' ''",
      "descriptor 3 2 1 0 '' ''",
      "descriptor 4 4 1 0 'Code, if you have no phone at hand' ''",
      "descriptor 5 9 1 0 'Log in' ''",
      'descriptor past the end 80070057',
      'done fields',
    ]);
    assert.deepEqual(await window.do('unload 0'), ['unload 0 1', 'done unload']);
  });

  test('does not hand out the password or the code that was typed', async () => {
    await using window = windows.open();
    await window.do('scenario 1');
    await window.type({ user: 'alice', password, code: '123456' });
    const fields = (await window.do('fields 0')).join('\n');
    assert.match(fields, /'alice'/);
    assert.doesNotMatch(fields, /w%rd|123456/);
  });

  test('takes no text that is too long, and keeps nothing of it', async () => {
    await withAgent(approve, async (window, conversations) => {
      assert.ok((await window.do(`set 1 ${'a'.repeat(257)}`)).includes('set 80070057'));
      assert.ok((await window.do('set 0 x')).includes('set 80070057'));
      await keptOut(window);
      assert.deepEqual(
        conversations.flatMap(({ heard }) => heard),
        [],
      );
    });
  });
});

describe('approved', { skip }, () => {
  test('Windows is given what was typed, once; the number is shown', async () => {
    let request: Record<string, string> = {};
    const talk: Talk = async (agent) => {
      request = await agent.request();
      agent.say('INFO Wait.\n');
      assert.equal(await agent.ask(prompt), '');
      agent.say('OK\n');
    };
    await withAgent(talk, async (window) => {
      const { credential, shown } = await window.submit();
      assert.match(credential!, /^package=4711 ours=1 type=2 [^|]+\|alice\|päss w%rd$/);
      assert.deepEqual(shown, ['Wait.', prompt]);
      assert.match(
        (await window.do('serialize 0')).join('\n'),
        /^serialize 0{8} 1 1 This login was not approved/,
      );
    });
    const { pid, ...rest } = request;
    assert.match(pid!, /^\d+$/);
    assert.deepEqual(rest, {
      ...{ user: 'alice', service: 'windows-logon', rhost: '', tty: 'console', ruser: '' },
      ...{ uid: '0', timeout: '90', interactive: '1' },
    });
  });

  test('the unlock window says so, and unlocks', async () => {
    const scenario = unlock;
    const talk: Talk = async (agent) => {
      assert.equal((await agent.request()).service, 'windows-unlock');
      agent.say('OK\n');
    };
    await withAgent(talk, async (window) => assert.match((await window.submit()).credential!, /type=7 /), {
      scenario,
    });
  });

  test('by remote desktop it is no console, and no address that the client claims', async () => {
    const talk: Talk = async (agent) => {
      const { rhost, tty } = await agent.request();
      agent.say(rhost === 'remote-desktop' && tty === '' ? 'OK\n' : 'DENY no\n');
    };
    await withAgent(talk, async (window) => {
      await window.do('remote 0');
      assert.ok((await window.submit()).credential);
    });
  });

  test('a name is that of this machine or of a domain, and the agent hears which', async () => {
    const names: [string, RegExp, string][] = [
      ['.\\alice', /^password-of ([^|]+)\|alice$/, 'alice'],
      // No other way to write what a host group takes for somebody of a domain.
      ['.\\CORP\\alice', /^password-of (\.)\|CORP\\alice$/, '.\\CORP\\alice'],
      ['.\\alice@corp.example', /^password-of (\.)\|alice@corp\.example$/, '.\\alice@corp.example'],
      ['CORP\\alice', /^password-of (CORP)\|alice$/, 'CORP\\alice'],
      ['alice@corp.example', /^password-of ()\|alice@corp\.example$/, 'alice@corp.example'],
    ];
    await withAgent(approve, async (window, conversations) => {
      for (const [user, asked, told] of names) {
        await window.type({ user, password });
        const [, domain] = asked.exec((await window.do('connect 0'))[0]!)!;
        assert.ok(
          (await window.do('serialize 0'))[0]!.includes(` ${domain}|${user.replace(/^[^\\]*\\/, '')}|`),
        );
        assert.equal((await conversations.at(-1)!.request()).user, told);
      }
    });
  });

  test('a name cannot write lines of its own', async () => {
    const user = 'a b%0A\nOK\r\u0001\u2400é😀=+';
    await withAgent(approve, async (window, conversations) => {
      await window.type({ user });
      assert.ok((await window.submit()).credential!.includes(`|${user.slice(0, 6)}`));
      const [line, ...more] = conversations[0]!.heard;
      assert.match(line!, /^[!-~]+( [!-~]+){9}$/);
      assert.deepEqual(more, []);
      assert.equal((await conversations[0]!.request()).user, user);
    });
  });

  test('an expired password is for Windows to say', async () => {
    await withAgent(approve, async (window) => {
      await window.type({ password: 'expired' });
      assert.match((await window.submit()).credential!, /\|expired$/);
    });
  });
});

describe('an approval is for what was typed', { skip }, () => {
  const changes: [string, string][] = [
    ['another name', 'set 1 bob'],
    ['another password', 'set 2 x'],
    ['another code', 'set 4 1'],
    ['the tile was left', 'deselect 0'],
    ['the tile was chosen anew', 'select 0'],
    ['Disconnect', 'disconnect 0'],
  ];
  for (const [what, command] of changes)
    test(`${what} afterwards: nobody gets in`, async () => {
      await withAgent(approve, async (window) => {
        await window.do('connect 0');
        await window.do(command);
        assert.match((await window.do('serialize 0')).join('\n'), /^serialize 0{8} 1 1 /);
      });
    });

  test('another name while the agent is asked: nobody gets in', async () => {
    const talk: Talk = async (agent) => {
      await agent.request();
      setTimeout(() => agent.say('OK\n'), 600);
    };
    await withAgent(talk, async (window) => {
      await window.do('during 1 bob');
      await keptOut(window);
    });
  });

  test('the same text anew changes nothing', async () => {
    await withAgent(approve, async (window) => {
      await window.do('connect 0');
      await window.do('set 1 alice');
      assert.match((await window.do('serialize 0')).join('\n'), /\|alice\|/);
    });
  });

  test('a failed login, and leaving the tile, empty its fields', async () => {
    await using window = windows.open();
    await window.do('scenario 1');
    const emptied = ['field 2 ', 'field 3 ', 'field 4 '];
    assert.deepEqual(await window.do('report -1'), [...emptied, 'done report']);
    assert.deepEqual(await window.do('deselect 0'), [...emptied, 'done deselect']);
  });
});

describe('refused', { skip }, () => {
  test('with the text of the agent', async () => {
    for (const word of ['DENY', 'STOP', 'UNAVAIL']) {
      const talk: Talk = async (agent) => {
        await agent.request();
        agent.say(`${word} The request was denied. é\nOK\n`);
      };
      await withAgent(talk, async (window) => {
        assert.equal((await keptOut(window)).text, 'The request was denied. é');
      });
    }
  });

  test('by Windows: without the password no agent is asked', async () => {
    await withAgent(approve, async (window, conversations) => {
      await window.type({ password: 'guess' });
      assert.notEqual((await keptOut(window)).text, '');
      assert.equal(conversations.length, 0);
    });
  });

  test('where no agent runs, at once', async () => {
    await using window = windows.open();
    await window.do('scenario 1');
    await window.type({ user: 'alice', password });
    const { text, ms } = await keptOut(window);
    assert.equal(text, 'The Countersign agent does not run on this machine.');
    assert.ok(ms < 1000, `${ms} ms`);
  });

  test('where the pipe is of a user who is no administrator, who hears nothing', async () => {
    const owners: [string, boolean][] = [
      ['BA', true],
      ['BU', false],
      ['WD', false],
      ['S-1-5-21-1-2-3-1005', false],
    ];
    for (const [owner, trusted] of owners)
      await withAgent(
        approve,
        async (window, conversations) => {
          const { credential, text } = await window.submit();
          assert.equal(credential !== undefined, trusted, owner);
          if (trusted) return;
          assert.equal(text, "What answers here is not this machine's Countersign agent.");
          assert.deepEqual(
            conversations.flatMap(({ heard }) => heard),
            [],
          );
        },
        { owner },
      );
  });

  const long = 'a'.repeat(1018);
  const garbage: [string, string | Uint8Array][] = [
    ['nothing', ''],
    ['no end of the line', 'OK'],
    ['more after OK', 'OK \n'],
    ['a carriage return', 'OK\r\n'],
    ['lower case', 'ok\n'],
    ['an empty line', '\nOK\n'],
    ['another word', 'YES\nOK\n'],
    ['a word without its text', 'INFO\nOK\n'],
    ['another echo', 'ASK maybe x\nOK\n'],
    ['a control character', 'INFO a\u001b[2J\nOK\n'],
    ['a control character of C1', 'INFO a\u009b\nOK\n'],
    ['a NUL', 'INFO a\0b\nOK\n'],
    ['a NUL after OK', 'OK\0\n'],
    ['no UTF-8', Buffer.from('INFO \xff\nOK\n', 'latin1')],
    ['a line that is too long', `INFO ${long}a\nOK\n`],
    ['101 lines', `${'INFO x\n'.repeat(100)}OK\n`],
  ];
  test('by whatever is none of the agent’s lines', async () => {
    const next = garbage[Symbol.iterator]();
    const talk: Talk = async (agent) => {
      await agent.request();
      agent.say(next.next().value![1]);
      agent.hangUp();
    };
    await withAgent(talk, async (window) => {
      for (const [what] of garbage) assert.equal((await keptOut(window)).text, notAsItShould, what);
    });
  });

  test('but a line of 1,024 bytes and the hundredth are the agent’s', async () => {
    const talk: Talk = async (agent) => {
      await agent.request();
      agent.say(`INFO ${long}\n${'INFO x\n'.repeat(98)}OK\n`);
    };
    await withAgent(talk, async (window) => assert.ok((await window.submit()).credential));
  });

  test('when the time is over: an agent that is silent, that hangs, that drips', async () => {
    const drip = (agent: Conversation) => {
      agent.say('INFO ');
      const dripping = setInterval(() => (agent.ended ? clearInterval(dripping) : agent.say('x')), 50);
    };
    for (const [talk, text] of [
      [() => {}, notAsItShould],
      [(agent: Conversation) => agent.say('INFO Wait.\n'), 'The time to log in is over.'],
      [drip, 'The time to log in is over.'],
    ] as [Talk, string][])
      await withAgent(talk, async (window, conversations) => {
        await window.do('value 2 Timeout');
        const submitted = await keptOut(window);
        assert.equal(submitted.text, text);
        assert.ok(submitted.ms >= 1900 && submitted.ms < 4000, `${submitted.ms} ms`);
        assert.equal((await conversations[0]!.request()).timeout, '2');
        await conversations[0]!.hear('nothing more');
      });
  });

  test('an OK that comes when the time is over is none', async () => {
    const talk: Talk = async (agent) => {
      await agent.request();
      agent.say('INFO Wait.\n');
      setTimeout(() => agent.say('OK\n'), 1100);
    };
    await withAgent(talk, async (window) => {
      await window.do('value 1 Timeout');
      await keptOut(window);
    });
  });

  test('by Cancel, which takes the request back, and not by an OK after it', async () => {
    const talk: Talk = async (agent) => {
      await agent.request();
      agent.say('INFO Wait.\n');
      assert.equal(await agent.hear('CANCEL'), 'CANCEL');
      agent.say('OK\n');
    };
    await withAgent(talk, async (window, conversations) => {
      const { text, ms } = await keptOut(window, { cancelAfter: 400 });
      assert.equal(text, 'The login was cancelled.');
      assert.ok(ms < 1500, `${ms} ms`);
      assert.equal(await conversations[0]!.hear('CANCEL'), 'CANCEL');
    });
  });
});

describe('a code from the tile', { skip }, () => {
  test('answers the first prompt, and an empty answer the second: then the phone is waited for', async () => {
    const answers: (string | undefined)[] = [];
    const talk: Talk = async (agent) => {
      for (const text of [prompt, 'The code is wrong.']) answers.push(await agent.ask(text));
      agent.say('OK\n');
    };
    await withAgent(talk, async (window) => {
      await window.type({ code: '123456' });
      assert.ok((await window.submit()).credential);
    });
    assert.deepEqual(answers, ['123456', '']);
  });

  test('is sent once, also where that login was refused', async () => {
    const answers: (string | undefined)[] = [];
    const talk: Talk = async (agent) => {
      answers.push(await agent.ask(prompt));
      agent.say('DENY no\n');
    };
    await withAgent(talk, async (window) => {
      await window.type({ code: '123456' });
      assert.ok((await window.do('connect 0')).includes('field 4 '));
      await window.submit();
    });
    assert.deepEqual(answers, ['123456', '']);
  });

  test('a prompt after the empty answer ends it: nothing is left to wait for', async () => {
    const talk: Talk = async (agent) => {
      await agent.ask(prompt);
      await agent.ask('The request has expired. Type a code: ');
    };
    await withAgent(talk, async (window) => {
      assert.equal((await keptOut(window)).text, 'The request has expired. Type a code: ');
    });
  });

  test('that could be a line of its own is not sent', async () => {
    const talk: Talk = async (agent) => {
      await agent.ask(prompt);
      agent.say('OK\n');
    };
    for (const code of ['1\nANS 2', '1\u0085', '漢'.repeat(171)])
      await withAgent(talk, async (window, conversations) => {
        await window.type({ code });
        await keptOut(window);
        assert.ok(!conversations[0]!.heard.some((line) => line.startsWith('ANS')));
      });
  });
});

test('the other tiles are hidden only where the registry says so', { skip }, async () => {
  await using window = windows.open();
  const shown = async (scenario: number) => (await window.do(`filter ${scenario}`))[0];
  assert.equal(await shown(logon), 'filter 1 1 1');
  for (const [value, expected] of [
    [0, 'filter 1 1 1'],
    [2, 'filter 1 1 1'],
    [1, 'filter 0 1 0'],
  ] as const) {
    await window.do(`value ${value} FilterOtherProviders`);
    for (const scenario of [logon, unlock]) assert.equal(await shown(scenario), expected);
  }
  for (const scenario of [3, 4, 5]) assert.equal(await shown(scenario), 'filter 1 1 1');
});

test('COM finds it by the registry, and no longer after it was removed', { skip }, async () => {
  await windows.install();
  await using window = windows.open();
  const registered = async () => (await window.do('registered 0'))[0];
  assert.equal(await registered(), 'registered 0 0');
  await windows.importRegistry('register.reg');
  assert.equal(await registered(), 'registered 1 1');
  await windows.importRegistry('remove.reg');
  assert.equal(await registered(), 'registered 0 0');
});

describe('with the real agent, the real server and a phone', { skip }, () => {
  let server: InProcess;
  let host: AgentHost;
  let phone: Phone;
  let browser: Browser;
  before(async () => {
    server = await startInProcess('sqlite');
    await server.addPerson('boss', { role: 'owner' });
    const boss = await enrol(server, 'boss');
    await signIn(boss.browser, boss.phone, 'boss', 'admin_login');
    host = await startAgentHost(server, boss.browser, await makeHostGroup(boss.browser, 'Desks'));
    await server.addPerson('alice');
    ({ phone, browser } = await enrol(server, 'alice'));
  });
  after(async () => {
    await host[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Somebody submits the window, with what is to be done meanwhile. */
  async function login(
    meanwhile: (window: LoginWindow) => Promise<void>,
    fields: Parameters<LoginWindow['type']>[0] = {},
    { remote = false, cancelAfter = 0 } = {},
  ): Promise<Submitted> {
    await using window = windows.open();
    await window.do('scenario 1');
    await window.agentAt(host.socket);
    if (remote) await window.do('remote 0');
    await window.type({ user: 'alice', password, ...fields });
    const [submitted] = await Promise.all([window.submit({ cancelAfter }), meanwhile(window)]);
    return submitted;
  }
  /** Once the request is there. */
  async function answer(decision: 'approve' | 'deny', number?: string): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      const [request] = await phone.requests();
      if (request) {
        assert.equal((await phone.answer(request, decision, { number })).status, 200);
        return;
      }
      await sleep(20);
    }
    throw new Error('no request came to the phone');
  }

  test('the number that the window shows, typed on the phone, lets in; the next time a tap does', async () => {
    const first = await login(async (window) => {
      const [, number] = await window.until(/sent to your phone \(number (\d+)\)\. Approve it\. *$/);
      await answer('approve', number);
    });
    assert.match(first.credential!, /\|alice\|/);
    assert.match((await login(() => answer('approve'))).credential!, /\|alice\|/);
  });

  test('by remote desktop a tap is never enough', async () => {
    for (let times = 0; times < 2; times += 1) {
      const { credential } = await login(
        async (window) => {
          const [, number] = await window.until(/\(number (\d+)\)/);
          await answer('approve', number);
        },
        {},
        { remote: true },
      );
      assert.ok(credential);
    }
  });

  test('a code of the tile lets in, once', async () => {
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body as { id: string; secret: string };
    const code = totpCode(secret, Date.now(), -1);
    assert.equal((await browser.post(`/api/v1/me/totp/${id}/confirm`, { code })).status, 200);
    const next = totpCode(secret, Date.now());
    assert.ok((await login(async () => {}, { code: next })).credential);
    // It is shown that it does not let in, and the phone does then.
    const again = await login(
      async (window) => {
        await window.until(/^This code has been used\./);
        await answer('approve');
      },
      { code: next },
    );
    assert.ok(again.credential);
  });

  test('Cancel takes the request from the phone', async () => {
    const { credential } = await login(
      async (window) => void (await window.until(/press|Approve/)),
      {},
      { cancelAfter: 600 },
    );
    assert.equal(credential, undefined);
    for (let tries = 0; (await phone.requests()).length > 0; tries += 1) {
      assert.ok(tries < 100, 'the request stays');
      await sleep(20);
    }
  });

  test('somebody who is nobody here is refused, and Deny refuses', async () => {
    const nobody = await login(async () => {}, { user: 'CORP\\alice' });
    assert.equal(nobody.credential, undefined);
    assert.match(host.process.output(), /local_user_unmapped/);
    const denied = await login(() => answer('deny'));
    assert.equal(denied.credential, undefined);
    assert.match(denied.text, /denied/);
  });

  test('without the server the tile says so, and takes the offline code', async () => {
    const { items } = (await phone.call('GET', '/hosts')).body as { items: { secret: string }[] };
    // The host learns after a login who may need a code.
    await sleep(2500);
    await server.server.app.close();
    const without = await login(async () => {});
    assert.equal(without.credential, undefined);
    assert.match(without.text, /^The server cannot be reached\. Type the code that your app shows for web-1/);
    const key = Buffer.from(decodeBase32(items[0]!.secret)!);
    const code = oneTimeCode(key, Date.now() / 1000, { digits: 8 });
    assert.ok((await login(async () => {}, { code })).credential);
    assert.equal((await login(async () => {}, { code })).credential, undefined);
  });
});
