import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImportStep } from '@countersign/protocol/wire';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';

/** People in and out by files of CSV. */

const cookieOf = ({ cookies }: Browser) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let admin: Browser;
  before(async () => {
    server = await startInProcess(engine);
    owner = await administrator('olga', 'owner');
    admin = await administrator('ada', 'admin');
  });
  after(() => server[Symbol.asyncDispose]());

  async function administrator(login: string, role: 'owner' | 'admin' | 'help_desk' | 'read_only') {
    await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  const send = (by: Browser, file: string | Uint8Array<ArrayBuffer>, query = '', signal?: AbortSignal) =>
    fetch(`${server.url}/api/v1/admin/users/import${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', origin: server.url, cookie: cookieOf(by) },
      body: file,
      signal,
    });
  async function imported(by: Browser, file: string | Uint8Array<ArrayBuffer>, query = '') {
    const response = await send(by, file, query);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.match(response.headers.get('content-type')!, /^application\/x-ndjson/);
    const steps = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ImportStep);
    const lines = steps.flatMap((step) => ('line' in step ? [step] : []));
    return {
      begun: (steps[0] as { begun: { encoding: string; lines: number } }).begun,
      lines,
      outcomes: lines.map(({ line, outcome }) => `${line} ${outcome}`),
      ended: (steps.at(-1) as { ended: { added: number; good: number; bad: number; groups: string[] } })
        .ended,
    };
  }
  async function refusedFile(
    by: Browser,
    file: string | Uint8Array<ArrayBuffer>,
    status: number,
    code: string,
  ) {
    const response = await send(by, file);
    refused({ status: response.status, body: await response.json() }, status, code);
  }
  const find = async (login: string) => (await owner.get(`/api/v1/admin/users?q=${login}`)).body.items[0];
  const eventsOf = async (type: string) => (await owner.get(`/api/v1/admin/events?q=${type}`)).body.items;
  const header = 'login,email,name,role,groups,state\n';

  test('an API token adds people by a file, and puts into groups only with the scope for that', async () => {
    const file = `${header}t1,t1@example.com,One,,,\nt2,t2@example.com,Two,,Finance,\nt3,t3@example.com,Three,help_desk,,\n`;
    for (const [scopes, outcomes] of [
      [['users:write'], ['2 good', '3 bad', '4 bad']],
      [
        ['users:write', 'groups:write'],
        ['2 good', '3 good', '4 bad'],
      ],
    ] as const) {
      const made = await owner.post('/api/v1/admin/tokens', { name: 'Files', scopes });
      const response = await fetch(`${server.url}/api/v1/admin/users/import?dry_run=true&bad_lines=skip`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', authorization: `Bearer ${made.body.token}` },
        body: file,
      });
      const steps = (await response.text())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ImportStep);
      const seen = steps.flatMap((step) => ('line' in step ? [`${step.line} ${step.outcome}`] : []));
      assert.deepEqual(seen, outcomes, scopes.join());
    }
  });

  test('the preview says of every line what would become of it, and changes nothing', async () => {
    const file = `${header}p1,p1@example.com,Person One,,Preview|Sales,\nolga,p2@example.com,Two,,,\np3,P1@example.com,Three,,,\n,,,,,\n`;
    const { begun, lines, outcomes, ended } = await imported(admin, file, '?dry_run=true&bad_lines=skip');
    assert.deepEqual(begun, { encoding: 'utf-8', lines: 4 });
    assert.deepEqual(outcomes, ['2 good', '3 bad', '4 bad', '5 bad']);
    assert.match(lines[1]!.problems.join(), /Somebody has this login name/);
    assert.match(lines[2]!.problems.join(), /Line 2 has this/);
    assert.deepEqual(ended, { added: 0, good: 1, bad: 3, groups: ['Preview', 'Sales'] });
    assert.equal(await find('p1'), undefined);
    assert.deepEqual((await owner.get('/api/v1/admin/groups?q=preview')).body.items, []);
    assert.deepEqual(await eventsOf('users.imported'), []);
  });

  test('people are added with role, groups and state, without a password, each with its events', async () => {
    const file = `${header}q1,q1@example.com,Qu One,help_desk,Staff|Sales,\nq2,q2@example.com,Qu Two,,staff,suspended\n`;
    const { outcomes, ended } = await imported(admin, file);
    assert.deepEqual(outcomes, ['2 added', '3 added']);
    assert.deepEqual(ended, { added: 2, good: 0, bad: 0, groups: ['Staff', 'Sales'] });
    const [one, two] = [await find('q1'), await find('q2')];
    assert.deepEqual([one.name, one.role, one.state], ['Qu One', 'help_desk', 'invited']);
    assert.deepEqual([two.role, two.state], ['user', 'suspended']);
    const groups = (await owner.get(`/api/v1/admin/users/${two.id}/groups`)).body.items;
    assert.deepEqual(
      groups.map(({ name }: { name: string }) => name),
      ['Staff'],
    );
    const [summary] = await eventsOf('users.imported');
    assert.deepEqual([summary.actor.login, summary.details.added], ['ada', 2]);
    const created = (await eventsOf('user.created')).find(
      ({ user }: { user: { login: string } }) => user.login === 'q1',
    );
    assert.equal(created.details.import, summary.details.import);
    assert.equal(created.details.after.role, 'help_desk');
    assert.equal((await eventsOf('group.created')).length, 2);
    assert.deepEqual(await server.mailsTo('q1'), [], 'nobody is mailed unasked');
    const { status } = await new Browser(server.url).post('/api/v1/authentications', {
      purpose: 'portal_login',
      login: 'q1',
      password: '',
    });
    assert.notEqual(status, 201);
  });

  test('one bad line and nothing is imported, unless the bad ones are to be skipped', async () => {
    const file = `${header}r1,r1@example.com,One,,,\nr2,nothing,Two,,,\n`;
    assert.deepEqual((await imported(admin, file)).outcomes, ['2 good', '3 bad']);
    assert.equal(await find('r1'), undefined);
    assert.deepEqual((await imported(admin, file, '?bad_lines=skip')).outcomes, ['2 added', '3 bad']);
    assert.ok(await find('r1'));
    // The same file again: who is there already is not changed.
    assert.deepEqual((await imported(admin, file, '?bad_lines=skip')).outcomes, ['2 bad', '3 bad']);
  });

  test('nobody is given a role above the importer’s, and no password comes from a file', async () => {
    const boss = `${header}s1,s1@example.com,Boss,owner,,\n`;
    const { lines } = await imported(admin, boss, '?bad_lines=skip');
    assert.deepEqual(lines[0]!.problems, ['The role is above yours.']);
    assert.equal(await find('s1'), undefined);
    assert.deepEqual((await imported(owner, boss)).outcomes, ['2 added']);
    await refusedFile(
      owner,
      'login,email,name,password\nt,t@example.com,T,a long secret phrase\n',
      400,
      'malformed',
    );
  });

  test('administrators only, from a page of this server, and nothing but CSV', async () => {
    const file = `${header}u1,u1@example.com,U,,,\n`;
    const help = await administrator('hanna', 'help_desk');
    await refusedFile(help, file, 403, 'forbidden');
    await refusedFile(new Browser(server.url), file, 401, 'no_session');
    const foreign = await fetch(`${server.url}/api/v1/admin/users/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', origin: 'https://evil.example', cookie: cookieOf(owner) },
      body: file,
    });
    refused({ status: foreign.status, body: await foreign.json() }, 403, 'origin_not_allowed');
    refused(await owner.post('/api/v1/admin/users/import', {}), 415, 'unsupported_media_type');
    const elsewhere = await fetch(`${server.url}/api/v1/admin/groups`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', origin: server.url, cookie: cookieOf(owner) },
      body: file,
    });
    assert.equal(elsewhere.status, 415);
    assert.equal(await find('u1'), undefined);
    for (const path of ['users/export', 'groups/export'])
      refused(await new Browser(server.url).get(`/api/v1/admin/${path}`), 401, 'no_session');
  });

  test('a file that is too large, or of another header, changes nothing, and the next one is taken', async () => {
    await refusedFile(owner, new Uint8Array(32 * 1024 * 1024 + 1).fill(10), 413, 'too_large');
    await refusedFile(owner, 'a,b\n', 400, 'malformed');
    await refusedFile(owner, '', 400, 'malformed');
    assert.deepEqual((await imported(owner, `${header}v1,v1@example.com,V,,,\n`)).outcomes, ['2 added']);
  });

  test('Windows-1252 is taken, and said', async () => {
    const file = Uint8Array.from(Buffer.from(`${header}w1,w1@example.com,Zoë,,,\n`, 'latin1'));
    assert.equal((await imported(owner, file)).begun.encoding, 'windows-1252');
    assert.equal((await find('w1')).name, 'Zoë');
  });

  test('invitations go out by and by, and never before a mail that somebody waits for', async () => {
    const people = Array.from(
      { length: 60 },
      (_, n) => `x${n},x${n}@example.com,X ${n},,,${n === 1 ? 'suspended' : ''}\n`,
    );
    await imported(owner, header + people.join(''), '?invite=true');
    assert.equal((await server.mailsTo('x0')).length, 1);
    assert.deepEqual(await server.mailsTo('x1'), [], 'a suspended person is not invited');
    const due = await server.store.query(
      {
        text: `SELECT next_attempt_at - created_at AS wait FROM mails WHERE recipient LIKE 'x%' ORDER BY 1`,
        names: [],
      } as never,
      {},
    );
    assert.equal(due.length, 59);
    assert.ok(Number(due.at(-1)!.wait) > 28_000, 'two a second');
  });

  test('whoever stops reading stops it; whoever is signed out imports no further', async () => {
    const many = (prefix: string) =>
      header +
      Array.from({ length: 3000 }, (_, n) => `${prefix}${n},${prefix}${n}@example.com,Y,,,\n`).join('');
    const stop = new AbortController();
    const response = await send(owner, many('stopped'), '', stop.signal);
    await response.body!.getReader().read();
    stop.abort();
    const second = await administrator('second', 'admin');
    let answer = await send(second, many('ended'));
    // The first one may be at its last batch still.
    for (; answer.status === 429; answer = await send(second, many('ended')))
      await new Promise((resolve) => setTimeout(resolve, 50));
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; !text.includes('"added"'); text += (await reader.read()).value);
    const { id } = await find('second');
    assert.equal((await owner.post(`/api/v1/admin/users/${id}/suspend`)).status, 200);
    await assert.rejects(async () => {
      while (!(await reader.read()).done);
    });
    assert.equal(await find('ended2999'), undefined);
    assert.equal(await find('stopped2999'), undefined);
    const summaries = await eventsOf('users.imported');
    assert.equal(summaries[0].actor.login, 'second', 'what was added before is on record');
  });

  test('one file at a time', async () => {
    const slow = await send(
      owner,
      header + Array.from({ length: 2000 }, (_, n) => `z${n},z${n}@example.com,Z,,,\n`).join(''),
    );
    const answer = await send(admin, `${header}zz,zz@example.com,Z,,,\n`);
    refused({ status: answer.status, body: await answer.json() }, 429, 'too_many_requests');
    await slow.text();
    assert.deepEqual((await imported(admin, `${header}zz,zz@example.com,Z,,,\n`)).outcomes, ['2 added']);
  });

  test('what is exported is imported as it was, formulas and all', async () => {
    await owner.post('/api/v1/admin/groups', { name: '=HYPERLINK("https://evil.example")|a\\b' });
    const odd = `${header}"'=cmd",odd@example.com,"'=1+1, ""x""",,"'=HYPERLINK(""https://evil.example"")\\|a\\\\b",suspended\n`;
    assert.deepEqual((await imported(owner, odd)).outcomes, ['2 added']);
    const name = (await find('=cmd')).name;
    assert.equal(name, '=1+1, "x"');
    const exported = await fetch(`${server.url}/api/v1/admin/users/export`, {
      headers: { cookie: cookieOf(owner) },
    });
    assert.match(exported.headers.get('content-type')!, /^text\/csv/);
    assert.match(
      exported.headers.get('content-disposition')!,
      /^attachment; filename="users-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const file = Buffer.from(await exported.arrayBuffer()).toString('utf8');
    assert.ok(file.startsWith('\uFEFFlogin,email,name,role,groups,state\r\n'));
    assert.ok(!/(^|,|")[=+@-]/m.test(file), 'no cell begins as a formula does');
    const other = await startInProcess(engine);
    try {
      await other.addPerson('root', { role: 'owner' });
      const { browser, phone } = await enrol(other, 'root');
      await signIn(browser, phone, 'root', 'admin_login');
      const answer = await fetch(`${other.url}/api/v1/admin/users/import`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', origin: other.url, cookie: cookieOf(browser) },
        body: file,
      });
      assert.ok(
        (await answer.text())
          .trimEnd()
          .split('\n')
          .every((line) => !line.includes('"bad","')),
        'all good',
      );
      const again = await fetch(`${other.url}/api/v1/admin/users/export`, {
        headers: { cookie: cookieOf(browser) },
      });
      const lines = (text: string) =>
        text
          .replace('\uFEFF', '')
          .split('\r\n')
          .filter((line) => !line.startsWith('root,'))
          // Nobody has a password there yet.
          .map((line) => line.replace(/,active$/, ',invited'))
          .sort();
      assert.deepEqual(lines(Buffer.from(await again.arrayBuffer()).toString('utf8')), lines(file));
    } finally {
      await other[Symbol.asyncDispose]();
    }
    const groups = await (
      await fetch(`${server.url}/api/v1/admin/groups/export`, { headers: { cookie: cookieOf(owner) } })
    ).text();
    assert.ok(groups.includes('Staff,q2,q2@example.com,Qu Two\r\n'), groups);
    assert.equal((await eventsOf('users.exported')).length, 2);
  });
});
