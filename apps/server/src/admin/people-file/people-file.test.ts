import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCell, readNames, writeCell, writeLine, writeNames } from '../files/cells.ts';
import { checkLine } from './check.ts';
import { encodingOf } from './decode.ts';
import { mostLines, parsePeople, type FileLine } from './parse.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const linesOf = async (text: string) => (await parsePeople(bytes(text))).lines;
const refuses = (text: string | Uint8Array, detail: RegExp) =>
  assert.rejects(parsePeople(typeof text === 'string' ? bytes(text) : text), (error: Error) =>
    detail.test(error.message),
  );
const header = 'login,email,name\n';

test('what a spreadsheet would calculate is text, and comes back as it was', async () => {
  for (const text of ['=1+1', '+49', '-1', '@SUM(A1)', '\tx', '\rx', "'=1", "''@x", '=HYPERLINK("x","y")'])
    assert.match(writeCell(text), /^"?'/, text);
  for (const text of ["'s-Hertogenbosch", 'Zoë', 'a=b', "O'Neil", "'", '']) {
    assert.equal(writeCell(text), text);
    assert.equal(readCell(text), text);
  }
  const names = ['=1+1', "'=1", "''+x", 'a "b", c; d', "'s-Graven", '@x', '-', 'Ünï'];
  const file =
    writeLine(['login', 'email', 'name']) + names.map((name) => writeLine(['l', 'e', name])).join('');
  assert.deepEqual(
    (await linesOf(file)).map(({ cells }) => cells!.name),
    names,
  );
});

test('several groups in one cell, whatever is in their names', () => {
  for (const names of [[], ['a'], ['a', 'b c'], ['a|b', 'c\\d', '\\|', '\\'], ['=x', 'y;z']])
    assert.deepEqual(readNames(writeNames(names)), names);
  assert.deepEqual(readNames(' Staff | |Sales|'), ['Staff', 'Sales']);
});

test('the encodings that spreadsheets save in', async () => {
  const text = `${header}zoe,zoe@example.com,Zoë Müller €\n`;
  const utf16 = (order: 'le' | 'be') => {
    const buffer = Buffer.from(`\uFEFF${text}`, 'utf16le');
    return order === 'le' ? buffer : buffer.swap16();
  };
  const latin = Buffer.from(text.replace('€', '\u0080'), 'latin1');
  const files = [
    [bytes(text), 'utf-8'],
    [bytes(`\uFEFF${text}`), 'utf-8'],
    [utf16('le'), 'utf-16le'],
    [utf16('be'), 'utf-16be'],
    [latin, 'windows-1252'],
  ] as const;
  for (const [file, encoding] of files) {
    assert.equal(encodingOf(file), encoding);
    const { lines } = await parsePeople(file);
    assert.deepEqual(lines, [
      { line: 2, cells: { login: 'zoe', email: 'zoe@example.com', name: 'Zoë Müller €' } },
    ]);
  }
  await refuses(Buffer.concat([utf16('le'), Buffer.from([0x00])]), /UTF-16/);
  await refuses(Buffer.concat([utf16('le'), Buffer.from([0x00, 0xd8, 0x41, 0x00])]), /UTF-16/);
});

test('a letter that lies across two pieces of the file is one letter', async () => {
  const name = 'ü€😀'.repeat(11);
  const text = header + `a,a@b,${name}\n`.repeat(5000);
  for (const before of ['', ' ', '  ', '   ']) {
    const lines = await linesOf(before + text);
    assert.ok(lines.length === 5000 && lines.every(({ cells }) => cells!.name === name));
  }
});

test('commas, semicolons and tabs; quotes, line ends and empty lines', async () => {
  for (const between of [',', ';', '\t']) {
    const text = [['login', 'email', 'NAME '], ['a', 'a@b', '"x, ""y""; z"'], [''], ['b', 'b@b', 'B']]
      .map((cells) => cells.join(between))
      .join('\r\n');
    const lines = await linesOf(text);
    assert.deepEqual(
      lines.map(({ line, cells }) => [line, cells!.name]),
      [
        [2, 'x, "y"; z'],
        [4, 'B'],
      ],
      between,
    );
  }
});

test('nothing is read of a file with another header, or of what is no CSV', async () => {
  for (const text of [
    '',
    '\n',
    'login,email\na,a@b',
    'login,email,name,password\na,a@b,A,secret',
    'login,email,name,name\na,a@b,A,A',
    'a,a@b,A',
  ])
    await refuses(text, /The first line must name the columns/);
  await refuses(`${header}a,a@b,"A\n`, /quotes in line \d+/);
  await refuses(`${header}a,a@b,"A"x\n`, /quotes in line 2/);
  await refuses(header + 'a'.repeat(70_000), /longer than/);
  await refuses(header + ','.repeat(3_000_000), /longer than/);
  await refuses(header + 'a,b,c\n'.repeat(mostLines + 1), /more than 100,000/);
});

const check = (cells: FileLine['cells'], role = 'admin', claimed = new Map<string, number>()) =>
  checkLine({ line: 2, cells }, { importer: { role: role as 'admin' }, claimed });
const good = { login: 'a', email: 'a@example.com', name: 'A' };

test('a good line, with what it leaves out', () => {
  assert.deepEqual(check(good).person, { ...good, role: 'user', groups: [], suspended: false });
  assert.deepEqual(check({ ...good, role: 'Help_Desk', groups: 'X|Y', state: 'suspended' }).person, {
    ...good,
    role: 'help_desk',
    groups: ['X', 'Y'],
    suspended: true,
  });
});

test('every way for a line to be bad is told', () => {
  const bad: [FileLine['cells'], RegExp][] = [
    [undefined, /cells/],
    [{ ...good, login: '' }, /login name/],
    [{ ...good, login: 'a\u0000' }, /login name/],
    [{ ...good, login: 'a\nb' }, /login name/],
    [{ ...good, email: 'a' }, /e-mail/],
    [{ ...good, email: 'a\u0000@b' }, /e-mail/],
    [{ ...good, name: '' }, /name is missing/],
    [{ ...good, name: 'A\u202eB' }, /name is missing/],
    [{ ...good, name: 'x'.repeat(101) }, /name is missing/],
    [{ ...good, role: 'root' }, /role is none/],
    [{ ...good, role: 'owner' }, /above yours/],
    [{ ...good, state: 'gone' }, /state/],
    [{ ...good, groups: `X|${'y'.repeat(101)}` }, /group/],
  ];
  for (const [cells, problem] of bad) {
    const { person, problems } = check(cells);
    assert.equal(person, undefined);
    assert.match(problems.join(' '), problem);
  }
  assert.equal(
    check({ login: '', email: '', name: '' }).problems.length,
    3,
    'all of them, not the first only',
  );
  assert.ok(check({ ...good, role: 'owner' }, 'owner').person);
});

test('of two lines with one name the first has it, in whatever case and column; a bad line has none', () => {
  const claimed = new Map<string, number>();
  assert.equal(check({ ...good, name: '' }, 'admin', claimed).person, undefined);
  assert.ok(check(good, 'admin', claimed).person);
  for (const again of [
    { ...good, login: 'A', email: 'x@y' },
    { ...good, login: 'b', email: 'A@EXAMPLE.com' },
    { ...good, login: 'a@example.com', email: 'c@d' },
  ]) {
    const { problems } = check(again, 'admin', claimed);
    assert.match(problems.join(), /Line 2 has this/);
  }
});

test('a hundred thousand lines leave the event loop its turns', async () => {
  const lines = Array.from({ length: mostLines }, (_, n) => `p${n},p${n}@example.com,Person ${n}\n`);
  const file = bytes(header + lines.join(''));
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  const parsed = await parsePeople(file);
  clearInterval(counting);
  assert.equal(parsed.lines.length, mostLines);
  // One for each 64 KiB, as far as a timer can follow.
  assert.ok(turns > file.length / (64 * 1024) / 2, `${turns} turns`);
});
