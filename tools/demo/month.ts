import assert from 'node:assert/strict';
import { notePeopleCounts } from '../../apps/server/src/users/counts.ts';
import { Browser } from '../../tests/support/browser.ts';
import type { InProcess } from '../../tests/support/in-process.ts';
import { askPush, begin, enrol, password, signIn } from '../../tests/support/people.ts';
import type { RelyingParty } from '../../tests/support/relying-party.ts';
import type { SamlApplication } from '../../tests/support/saml-application.ts';
import type { Phone } from '../../tests/support/phone.ts';
import { createAdministration } from './administration.ts';
import { demand } from './demand.ts';
import { addCodes, addPasskey, addRecoveryCodes, type SignIn } from './factors.ts';
import { joinHosts } from './hosts.ts';
import { groups, owner, people, visitors, type DemoPerson } from './people.ts';

/**
 * A month in the demonstration's organisation, lived through by clients of the server, over HTTP, while its clock is
 * moved: nothing is in the store that the product has not written itself.
 */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Member {
  person: DemoPerson;
  browser: Browser;
  phone: Phone;
  /** Beside the phone. */
  codes?: Awaited<ReturnType<typeof addCodes>>;
  passkey?: SignIn;
  paper?: SignIn;
}

/** Addresses that are told of events: one that takes them, and one that is out of order. */
export interface Told {
  takes: string;
  fails: string;
}

const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
];
const phones = ['Pixel 9', 'Galaxy S25', 'iPhone 17', 'Fairphone 6'];

/** The same choices each time: mulberry32. */
function chooser(seed: number): <T>(from: readonly T[]) => T {
  let state = seed;
  return (from) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return from[((mixed ^ (mixed >>> 14)) >>> 0) % from.length]!;
  };
}

export async function liveThroughMonth(
  server: InProcess,
  setupToken: string,
  { wiki, files, told }: { wiki: RelyingParty; files: SamlApplication; told: Told },
): Promise<void> {
  const choose = chooser(20);
  const now = Date.now();
  const at = (time: number) => server.advance(time - server.now());
  let addresses = 0;

  /** Somebody's browser, at an address of the documentation's (RFC 5737). */
  function dress(browser: Browser, index: number): Browser {
    browser.userAgent = agents[index % agents.length]!;
    const network = ['192.0.2', '198.51.100', '203.0.113'][index % 3]!;
    browser.headers = { 'x-forwarded-for': `${network}.${10 + (index % 200)}` };
    return browser;
  }
  const newBrowser = () => dress(new Browser(server.url), (addresses += 1));

  async function enrolMember(person: DemoPerson): Promise<Member> {
    const index = (addresses += 1);
    const browser = dress(new Browser(server.url), index);
    const enrolled = await enrol(server, person.login, undefined, { browser, phone: choose(phones) });
    return { person, ...enrolled };
  }

  // A month ago the organisation begins, by the set-up link.
  at(now - 30 * day);
  await demand(
    newBrowser().post('/api/v1/setup', {
      token: setupToken,
      organization: { name: 'Harbour & Sons' },
      owner: { login: owner.login, email: emailOf(owner), name: owner.name, password },
      push_enabled: true,
    }),
  );
  const olga = await enrolMember(owner);
  const members = [olga];
  const adminPortal = async () => {
    const browser = newBrowser();
    await signIn(browser, olga.phone, owner.login, 'admin_login');
    return browser;
  };

  // The first days: everybody is added, and most of them come.
  const lastsAdmin = 50 * minute;
  let admin = await adminPortal();
  let adminSince = server.now();
  for (const person of [...people, ...visitors]) {
    at(server.now() + 7 * minute);
    if (server.now() - adminSince > lastsAdmin) {
      admin = await adminPortal();
      adminSince = server.now();
    }
    const { login, name, role, begins } = person;
    const isInvited = begins !== 'password';
    await demand(
      admin.post('/api/v1/admin/users', {
        login,
        name,
        role,
        email: emailOf(person),
        ...(isInvited ? { invite: true } : { password }),
      }),
    );
    if (begins !== 'phone') continue;
    const { items } = await demand(admin.get('/api/v1/admin/outbox?limit=1'));
    const token = /invite#token=([\w-]+)/.exec((items as { text: string }[])[0]!.text)![1];
    await demand(newBrowser().post('/api/v1/invitations/accept', { token, password }));
    members.push(await enrolMember(person));
  }
  at(server.now() + hour);
  admin = await adminPortal();
  await demand(admin.patch('/api/v1/admin/settings', { push: { lifetime_s: 90 } }));
  const groupIds = new Map<string, unknown>();
  for (const { name, logins } of groups) {
    const { id } = await demand(admin.post('/api/v1/admin/groups', { name }));
    groupIds.set(name, id);
    for (const login of logins)
      await demand(
        admin.call('PUT', `/api/v1/admin/groups/${String(id)}/members/${await idOf(admin, login)}`),
      );
  }
  const payroll = await demand(
    admin.post('/api/v1/admin/applications', {
      name: 'Payroll',
      url: 'https://payroll.harbour.example/',
      access: 'groups',
      group_ids: [groupIds.get('Finance')],
    }),
  );
  const timesheets = await demand(
    admin.post('/api/v1/admin/applications', {
      name: 'Timesheets',
      url: 'https://timesheets.harbour.example/',
    }),
  );

  // Two that really sign people in here, and show what they are told.
  const { oidc, client_secret } = (await demand(
    admin.post('/api/v1/admin/applications', {
      kind: 'oidc',
      name: 'Wiki',
      url: wiki.url,
      oidc: { redirect_uris: [wiki.redirectUri], post_logout_redirect_uris: [wiki.afterLogout] },
    }),
  )) as { oidc: { client_id: string }; client_secret: string };
  await wiki.connect(server.url, oidc.client_id, client_secret);
  await demand(
    admin.post('/api/v1/admin/applications', {
      kind: 'saml',
      name: 'Files',
      url: files.url,
      step_up: true,
      saml: {
        metadata: files.metadata,
        require_signed_requests: true,
        // It holds people to having asked first, as most do.
        idp_initiated: false,
        attributes: (['login', 'name', 'email', 'groups'] as const).map((source) => ({
          name: source,
          source,
        })),
      },
    }),
  );

  const hosts = await joinHosts(server, admin, {
    groupId: groupIds.get('Warehouse'),
    userId: await idOf(admin, 'adam.berg'),
  });

  const administration = createAdministration(
    server,
    { financeId: String(groupIds.get('Finance')), payrollId: String(payroll.id) },
    choose,
  );

  // Some have more than their phone.
  const others = members.slice(1);
  for (const [index, member] of others.entries()) {
    at(server.now() + minute);
    if (index % 4 === 0) await goesBeyondPhone(member, index);
  }

  // Then every working day: each act by itself, some minutes apart.
  const acts: ((member: Member) => Promise<void>)[] = [
    ...Array.from({ length: 14 }, () => usual),
    fromNewBrowser,
    fromNewBrowser,
    mistypes,
    mistypes,
    mistypesCode,
    opensApplication,
    opensApplication,
    denies,
    mistakesNumber,
    letsItExpire,
  ];
  for (let date = 28; date > 0; date -= 1) {
    const morning = now - date * day;
    const weekday = new Date(morning).getUTCDay();
    const count = weekday === 0 || weekday === 6 ? 2 : 7;
    for (let n = 0; n < count; n += 1) {
      at(morning + n * 70 * minute);
      await choose(acts)(choose(others));
    }
    at(morning + 19 * hour);
    if (count > 2) await hosts.usual(choose(others));
    if (date % 8 === 2) await hosts.denies(choose(others));
    if (date % 9 === 4) await hosts.guesses();
    if (date === 20) await hosts.losesOne(await adminPortal());
    at(morning + 19 * hour + 30 * minute);
    if (date % 7 === 1) await hosts.waitsInVain(choose(others));
    if (date === 11) await hosts.wasCutOff(choose(others));
    at(morning + 20 * hour);
    // The server's own maintenance runs by the clock on the wall, for which all this is a moment.
    await notePeopleCounts(server.server.platform);
    if (date === 21) await changesPassword(choose(others));
    if (date === 17 || date === 6) await reports(choose(others));
    if (date === 12) await suspends('viktor.horvat', 'oscar.lund');
    if (date === 9) await helps('ada.novak');
    if (date === 3) await isAttacked(others[12]!);
    if ([27, 22, 15, 10, 4].includes(date)) await administration.changesRules(await adminPortal());
    if (date === 9) await administration.restoresRules(await adminPortal(), 3);
    if (date === 25) await administration.makesTokens(await adminPortal());
    if (date === 14) await isAsked(others.at(-1)!);
    if (date === 16) await losesPhone(others.find(({ paper }) => paper)!);
    if (date === 5) await deletes('quentin.roux');
    if (date === 2) {
      const by = await adminPortal();
      await administration.tells(by, told.takes, ['authentication.*', 'user.*', 'push.reported']);
      await administration.tells(by, 'https://old.harbour.example/hook', ['user.*'], 'paused');
    }
    await administration.hearsOfApps();
  }
  // The last hour, so that sessions are open.
  for (const [index, member] of others.slice(0, 9).entries()) {
    at(now - (50 - 5 * index) * minute);
    await usual(member);
    if (index % 3 === 0) await hosts.usual(member);
  }
  at(now - 6 * minute);
  await reports(others.at(-2)!);
  await isAttacked(others.at(-3)!);
  // It is out of order from its first message on.
  at(now - 3 * minute);
  await administration.tells(await adminPortal(), told.fails, ['authentication.completed']);
  await usual(others[0]!);
  at(now - minute);
  await hosts.callIn();
  // Its clock is right again, however long the month took: phones and applications have their own.
  at(Date.now());

  async function usual(member: Member): Promise<void> {
    const { person, browser, phone, codes, passkey } = member;
    if ((await browser.get('/api/v1/session')).status === 200) await browser.delete('/api/v1/session');
    if (passkey) return passkey(browser, person.login);
    if (codes && choose([true, false])) return codes.signIn(browser, person.login);
    await signIn(browser, phone, person.login);
  }
  /** A code generator, paper or a passkey, in turn. */
  async function goesBeyondPhone(member: Member, index: number): Promise<void> {
    const { browser } = member;
    await usual(member);
    if (index % 3 === 0) member.codes = await addCodes(browser, server);
    if (index % 3 === 1) member.paper = await addRecoveryCodes(browser);
    if (index % 3 === 2) member.passkey = await addPasskey(browser, server);
  }
  async function mistypesCode(): Promise<void> {
    const { person, browser, codes } = choose(others.filter((member) => member.codes));
    await codes!.mistypes(browser, person.login);
  }
  async function losesPhone({ person, paper }: Member): Promise<void> {
    await paper!(newBrowser(), person.login);
  }
  async function opensApplication(member: Member): Promise<void> {
    await usual(member);
    await demand(member.browser.post(`/api/v1/me/applications/${String(timesheets.id)}/open`));
  }
  /** Somebody calls the help desk, which asks their phone whether it is them. */
  async function isAsked({ person, phone }: Member): Promise<void> {
    const { browser } = await helper();
    const path = `/api/v1/admin/users/${await idOf(browser, person.login)}/verification-push`;
    const { number } = await demand(browser.post(path));
    const request = await phone.request('verification');
    const answered = await phone.answer(request, 'approve', { number: String(number) });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
  }
  async function helper() {
    const browser = newBrowser();
    const { phone, person } = others.find((each) => each.person.role === 'help_desk')!;
    await signIn(browser, phone, person.login, 'admin_login');
    return { browser };
  }
  async function deletes(login: string): Promise<void> {
    const browser = await adminPortal();
    await demand(browser.delete(`/api/v1/admin/users/${await idOf(browser, login)}`));
    leaves(login);
  }
  /** They come no more. */
  function leaves(login: string): void {
    others.splice(
      others.findIndex(({ person }) => person.login === login),
      1,
    );
  }
  async function fromNewBrowser({ person, phone }: Member): Promise<void> {
    await signIn(newBrowser(), phone, person.login);
  }
  async function mistypes(member: Member): Promise<void> {
    const attempt = { purpose: 'portal_login', login: member.person.login, password: 'horse battery' };
    assert.equal((await member.browser.post('/api/v1/authentications', attempt)).status, 401);
    at(server.now() + minute);
    await usual(member);
  }
  async function ask({ person, phone }: Member, browser: Browser) {
    const { id } = await begin(browser, person.login);
    const { push } = await askPush(browser, id);
    return { id: id as string, number: push.number as string | null, request: await phone.request() };
  }
  async function denies(member: Member): Promise<void> {
    const { request } = await ask(member, newBrowser());
    assert.equal((await member.phone.answer(request, 'deny')).status, 200);
  }
  async function reports(member: Member): Promise<void> {
    const { request } = await ask(member, newBrowser());
    assert.equal((await member.phone.answer(request, 'report')).status, 200);
  }
  async function mistakesNumber(member: Member): Promise<void> {
    const { request, number } = await ask(member, newBrowser());
    const wrong = number === '00' ? '11' : '00';
    assert.equal((await member.phone.answer(request, 'approve', { number: wrong })).status, 422);
  }
  async function letsItExpire(member: Member): Promise<void> {
    const { id } = await ask(member, member.browser);
    at(server.now() + 2 * minute);
    await demand(member.browser.delete(`/api/v1/authentications/${id}`));
  }
  async function changesPassword(member: Member): Promise<void> {
    await usual(member);
    await demand(
      member.browser.post('/api/v1/me/password', { current: password, new: 'a passphrase for a day' }),
    );
    await demand(
      member.browser.post('/api/v1/me/password', { current: 'a passphrase for a day', new: password }),
    );
  }
  async function idOf(browser: Browser, login: string): Promise<string> {
    const { items } = await demand(browser.get(`/api/v1/admin/users?q=${login}`));
    return (items as { id: string }[])[0]!.id;
  }
  async function suspends(...logins: string[]): Promise<void> {
    const browser = await adminPortal();
    for (const login of logins) {
      await demand(browser.post(`/api/v1/admin/users/${await idOf(browser, login)}/suspend`));
      leaves(login);
    }
  }
  /** A lost phone: the help desk resets, and the person has not come again. */
  async function helps(login: string): Promise<void> {
    const { browser } = await helper();
    await demand(browser.post(`/api/v1/admin/users/${await idOf(browser, login)}/reset-mfa`));
    leaves(login);
  }
  /** Somebody guesses from elsewhere until they are held up. */
  async function isAttacked({ person }: Member): Promise<void> {
    const stranger = newBrowser();
    for (let n = 0; n < 12; n += 1) {
      const guess = { purpose: 'portal_login', login: person.login, password: `guess number ${n}` };
      assert.ok((await stranger.post('/api/v1/authentications', guess)).status >= 400);
    }
  }
}

const emailOf = ({ login }: DemoPerson): string => `${login}@harbour.example`;
