import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  lineLimit,
  readFromAgent,
  readFromModule,
  writeFromAgent,
  writeFromModule,
  type Asked,
} from './lines.ts';

const bytes = (line: string) => Buffer.from(line, 'utf8').toString('latin1').replace(/\n$/, '');
const asked: Asked = {
  local_user: 'alice',
  service: 'sshd',
  rhost: '203.0.113.9',
  tty: 'ssh',
  ruser: null,
  uid: 0,
  pid: 4711,
  timeout: 90,
  interactive: true,
};
const example =
  'CSP1 user=alice service=sshd rhost=203.0.113.9 tty=ssh ruser= uid=0 pid=4711 timeout=90 interactive=1';
/** Any text, without halves of surrogate pairs. */
const text = fc.string({ unit: 'binary' });

describe('what the module says', () => {
  test('is written and read as docs/hosts.md has it', () => {
    assert.equal(writeFromModule({ word: 'CSP1', asked }), `${example}\n`);
    assert.deepEqual(readFromModule(example), { word: 'CSP1', asked });
    assert.deepEqual(readFromModule('ANS 123456'), { word: 'ANS', text: '123456' });
    assert.deepEqual(readFromModule('ANS '), { word: 'ANS', text: '' });
    assert.deepEqual(readFromModule('CANCEL'), { word: 'CANCEL' });
  });

  test('names of any writing go there and back', () => {
    const name = text.filter((each) => each !== '' && each.length <= 64 && !each.includes('\0'));
    fc.assert(
      fc.property(name, name, (local_user, service) => {
        const line = writeFromModule({ word: 'CSP1', asked: { ...asked, local_user, service } });
        assert.match(line, /^[ -~]+\n$/);
        const read = readFromModule(line.slice(0, -1));
        assert.ok(read?.word === 'CSP1');
        assert.deepEqual([read.asked.local_user, read.asked.service], [local_user, service]);
      }),
    );
  });

  const wrong: [string, string][] = [
    ['another order', 'CSP1 service=sshd user=alice rhost= tty= ruser= uid=0 pid=1 timeout=90 interactive=1'],
    ['a name twice', example.replace('tty=ssh', 'tty=ssh tty=ssh')],
    ['something left out', example.replace(' tty=ssh', '')],
    ['something added', `${example} x=1`],
    ['two spaces', example.replace(' tty', '  tty')],
    ['a space at the end', `${example} `],
    ['a carriage return', `${example}\r`],
    ['a newline', `${example}\n`],
    ['no name', example.replace('alice', '')],
    ['a NUL', example.replace('alice', 'al%00ice')],
    ['no UTF-8', example.replace('alice', '%C3')],
    ['a broken escape', example.replace('alice', '%4')],
    ['a raw character that must be escaped', example.replace('alice', 'al+ice')],
    ['a name beyond 256 characters', example.replace('alice', 'a'.repeat(257))],
    ['a service beyond 64', example.replace('sshd', 's'.repeat(65))],
    ['no time', example.replace('timeout=90', 'timeout=0')],
    ['a time below nothing', example.replace('timeout=90', 'timeout=-1')],
    ['a day', example.replace('timeout=90', 'timeout=86400')],
    ['neither yes nor no', example.replace('interactive=1', 'interactive=2')],
    ['lower case', example.replace('CSP1', 'csp1')],
    ['an answer with a control', 'ANS 12\u000734'],
    ['an answer that is no UTF-8', 'ANS \u00ff'],
    ['an answer without its space', 'ANS'],
    ['nothing', ''],
  ];
  for (const [what, line] of wrong)
    test(`${what}: undefined`, () => assert.equal(readFromModule(line), undefined));

  test('what is only shown may be any bytes, and is cut', () => {
    const read = readFromModule(example.replace('203.0.113.9', `%FF%00${'%F0%9F%98%80'.repeat(200)}`));
    assert.ok(read?.word === 'CSP1');
    assert.ok(read.asked.rhost!.startsWith('\ufffd\ufffd'));
    assert.ok(read.asked.rhost!.length <= 256 && read.asked.rhost!.isWellFormed());
  });

  test('whatever else comes is undefined, and throws nothing', () => {
    const pieces = [
      'CSP1 ',
      'user=',
      'service=',
      ' ',
      '%',
      '%41',
      '%00',
      'ANS ',
      'CANCEL',
      '=',
      '\u00ff',
      '\0',
      'a',
      '1',
    ];
    const near = fc
      .array(fc.constantFrom(...pieces, ...example.split(' ')), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (line) => {
        const read = readFromModule(line);
        if (read?.word === 'CSP1') assert.match(line, /^CSP1 user=\S+ service=\S+ rhost=/);
        else if (read?.word === 'ANS') assert.ok(line.startsWith('ANS '));
        else assert.ok(read === undefined || line === 'CANCEL');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('what the agent says', () => {
  test('is written and read as docs/hosts.md has it', () => {
    const lines = [
      [{ word: 'OK' }, 'OK\n'],
      [{ word: 'ASK', echo: true, text: 'Code: ' }, 'ASK on Code: \n'],
      [{ word: 'ASK', echo: false, text: 'Code: ' }, 'ASK off Code: \n'],
      [{ word: 'STOP', text: 'Nö.' }, 'STOP Nö.\n'],
      [{ word: 'UNAVAIL', text: '' }, 'UNAVAIL \n'],
    ] as const;
    for (const [line, written] of lines) {
      assert.equal(writeFromAgent(line), written);
      assert.deepEqual(readFromAgent(bytes(written)), line);
    }
  });

  test('is one line of at most 1,024 bytes, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('INFO', 'DENY', 'STOP', 'ASK'),
        fc.string({ unit: 'binary', maxLength: 3000 }),
        (word, long) => {
          const line = writeFromAgent(
            word === 'ASK' ? { word, echo: true, text: long } : { word: word as 'INFO', text: long },
          );
          assert.ok(Buffer.byteLength(line) <= lineLimit);
          assert.equal(line.indexOf('\n'), line.length - 1);
          assert.ok(!/\p{Cc}/u.test(line.slice(0, -1)));
          assert.equal(readFromAgent(bytes(line))?.word, word);
        },
      ),
    );
    const full = writeFromAgent({ word: 'INFO', text: '😀'.repeat(1000) });
    assert.ok(Buffer.byteLength(full) > 1015 && full.isWellFormed());
  });
});
