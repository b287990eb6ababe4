import type { Page } from '@playwright/test';
import type { HostLogin } from '@countersign/protocol/wire';
import { addHost, addHostGroup, Host, type AskedLogin } from '../support/host.ts';
import { addPerson, enrol } from '../support/people.ts';
import type { RunningServer } from '../support/server.ts';
import { secondOwner } from './support/moving.ts';
import type { PhoneBrowser } from './support/phone.ts';
import { approve, setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Devices in the Admin Portal: a host joins, somebody logs in on it by their phone, and what an administrator sees and decides. */

test.setTimeout(180_000);

async function enter(page: Page, login: string): Promise<void> {
  await page.goto('/admin/devices');
  await page.getByLabel('Login name or e-mail address').fill(login);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function enterAsOwner(page: Page, server: RunningServer, phone: PhoneBrowser): Promise<void> {
  await setUpWithPhone(page, server, phone);
  await enter(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Devices', level: 1 })).toBeVisible();
}

async function expectToFit(page: Page): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Approves a login on a host in the app, typing the number of the prompt. */
async function approveInApp({ page }: PhoneBrowser, { push }: HostLogin): Promise<void> {
  const back = page.getByRole('button', { name: 'Back to accounts' });
  await expect(page.getByRole('button', { name: 'Approve' }).or(back)).toBeVisible();
  if (await back.isVisible()) await back.click();
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible();
  for (const digit of push!.number ?? '')
    await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Approved', level: 2 })).toBeVisible();
}

const ended = async (host: Host, { id, asked }: HostLogin & { asked: AskedLogin }) => {
  const { body } = await host.wait(id);
  return { body, judged: await host.judge(body, asked) };
};

test('a host group is added, a host joins by the two commands, and a login that the phone approves is on its page', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await enterAsOwner(page, server, phone);
  await expect(page.getByText('No hosts yet')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const tabs = page.getByRole('navigation', { name: 'Devices' });
  await tabs.getByRole('link', { name: 'Host groups' }).click();
  await expect(page.getByText('No host groups yet')).toBeVisible();

  // By the keyboard alone.
  await page.getByRole('button', { name: 'Add host group' }).press('Enter');
  const adding = page.getByRole('dialog', { name: 'Add host group' });
  await expect(adding.getByLabel('Name')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(adding.getByText('Give the group a name.')).toBeVisible();
  await page.keyboard.type('Web servers');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Web servers', level: 1 })).toBeVisible();
  await expect(page.getByText('Nobody can log in on these hosts yet.')).toBeVisible();
  const users = page.getByRole('region', { name: 'Local users' });
  await users.getByLabel('Local user', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(users.getByText('Choose a person.')).toBeVisible();
  await page.keyboard.type('root');
  await page.keyboard.press('Tab');
  await page.keyboard.type('olga');
  await expect(page.getByRole('option', { name: 'Olga Owner (olga)' })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByText('root is Olga Owner now.')).toBeVisible();
  await expect(users.getByRole('row', { name: /^root Olga Owner/ })).toBeVisible();
  await expect(users.getByLabel('Local user', { exact: true })).toBeFocused();
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);

  await page.getByRole('button', { name: 'Join a host' }).click();
  await page.getByRole('button', { name: 'Make a token' }).press('Enter');
  const join = page.getByRole('dialog', { name: 'Join a host to Web servers' });
  const command = await join.getByRole('region', { name: 'command that joins' }).textContent();
  expect(command).toBe(`sudo countersign-agent join ${server.url}`);
  const token = await join.getByRole('region', { name: 'join token' }).textContent();
  expect(token).toMatch(/^[0-9A-Z-]{47}$/);
  await expect(join.getByText('It asks for the token:')).toBeVisible();
  await expect(join.getByText('sudo pam-auth-update --enable countersign')).toBeVisible();
  await expect(join.getByText(/good for one machine, until/)).toBeVisible();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await join.getByRole('button', { name: 'Copy: command that joins' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command);
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);
  // It is shown once: a key or a click beside it does not take it away.
  await page.keyboard.press('Escape');
  await expect(join).toBeVisible();
  const host = await Host.join({ url: server.url }, token!, 'web1.example');
  await expect(join.getByText('web1.example has joined.')).toBeVisible();
  await join.getByRole('link', { name: 'web1.example' }).click();
  await expect(page.getByRole('heading', { name: 'web1.example', level: 1 })).toBeVisible();
  await expect(page.getByText('Nobody has logged in yet')).toBeVisible();

  const login = await host.login('root');
  await approveInApp(phone, login);
  const { body, judged } = await ended(host, login);
  expect([body.state, judged.valid]).toEqual(['allowed', true]);
  expect((await host.begin('oracle', { service: 'sudo', rhost: null })).status).toBe(403);
  const logins = page.getByRole('region', { name: 'Last logins' });
  await logins.getByRole('button', { name: 'Refresh the logins' }).click();
  await expect(
    logins.getByRole('row', { name: /olga as root.* ssh from 203\.0\.113\.9 Allowed/ }),
  ).toBeVisible();
  await expect(
    logins.getByRole('row', {
      name: /oracle .*sudo on the machine itself Refused nobody is known by this name/,
    }),
  ).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);

  await page.goto('/admin/events?q=host');
  for (const words of [
    /Logged in on a host.*web1\.example · olga/,
    /Login on a host refused.*web1\.example/,
    /Host joined.*web1\.example/,
    /Token made for a host to join.*Web servers · by olga/,
    /Local user of a host group changed.*Web servers · olga/,
    /Host group added.*by olga/,
  ])
    await expect(page.getByRole('listitem').filter({ hasText: words })).toHaveCount(1);
  await page.getByRole('main').getByText('Login on a host refused').click();
  await expect(page.getByText('Refused: nobody is known by this name')).toBeVisible();
});

test('what is asked, who may log in and what an outage does are said in words, saved, and hold', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await enterAsOwner(page, server, phone);
  const owner = await secondOwner(server);
  await owner.post('/api/v1/admin/groups', { name: 'Operators' });
  const { host, group } = await addHost({ url: server.url }, owner, {
    group: await addHostGroup(owner, { name: 'Databases' }),
    name: 'db1',
  });
  await page.goto(`/admin/devices/groups/${group.id}`);
  const rules = page.getByRole('region', { name: 'What is asked' });
  await expect(
    rules.getByText('After the password or key: a push, a verification code or a recovery code.'),
  ).toBeVisible();
  await rules.getByRole('button', { name: 'Add a service' }).click();
  await expect(rules.getByRole('combobox', { name: 'Service' })).toBeFocused();
  const save = rules.getByRole('button', { name: 'Save what is asked' });
  await save.click();
  await expect(rules.getByText('Give the name of the service, such as sshd or sudo.')).toBeVisible();
  await rules.getByRole('combobox', { name: 'Service' }).fill('su');
  await page.keyboard.press('Escape');
  const su = rules.getByRole('group', { name: 'su' });
  for (const factor of ['Mobile push', 'Verification code', 'Recovery code'])
    await su.getByRole('checkbox', { name: factor }).uncheck();
  await save.click();
  await expect(su.getByText('Choose at least one factor, or let nobody log in by it.')).toBeVisible();
  await su.getByRole('switch', { name: 'Nobody logs in by it' }).check();
  await expect(su.getByText('Nobody logs in by it.')).toBeVisible();
  const others = rules.getByRole('group', { name: 'All other services' });
  await others.getByRole('switch', { name: 'A password or key was asked before' }).uncheck();
  await others.getByRole('checkbox', { name: 'Recovery code' }).uncheck();
  await expect(others.getByText('With nothing asked before: a push with a number.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await save.click();
  await expect(page.getByText('What is asked was saved.')).toBeVisible();
  expect((await host.begin('olga', { service: 'su' })).body.code).toBe('service_denied');
  const login = await host.login('olga');
  expect(login.push!.number).not.toBeNull();
  await approveInApp(phone, login);
  expect((await ended(host, login)).body.state).toBe('allowed');

  const who = page.getByRole('region', { name: 'Who may log in' });
  await who.getByRole('radio', { name: 'These groups only' }).check();
  await expect(who.getByText('Without a group nobody may log in.')).toBeVisible();
  await who.getByRole('combobox', { name: 'Groups' }).fill('oper');
  await page.getByRole('option', { name: 'Operators' }).click();
  await page.keyboard.press('Escape');
  await who.getByRole('button', { name: 'Save who may log in' }).click();
  await expect(page.getByText('Who may log in was saved.')).toBeVisible();
  // With nothing asked before, the prompt does not say so: whoever sits there may be anybody.
  expect((await host.begin('olga')).status).toBe(201);
  const { logins } = (await owner.get(`/api/v1/admin/hosts/${host.id}`)).body;
  expect(logins[0].outcome).toBe('host_login_not_allowed');

  const outage = page.getByRole('region', { name: 'Without the server' });
  await outage.getByRole('radio', { name: 'Let everybody in without a second factor' }).check();
  await expect(outage.getByRole('alert')).toContainText('Whoever cuts the network gets in without the phone');
  await outage.getByLabel('Break-glass account').fill('rescue');
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);
  await outage.getByRole('button', { name: 'Save what happens without the server' }).click();
  await expect(page.getByText('What happens without the server was saved.')).toBeVisible();
  const { claims } = await host.configure();
  expect([claims.outage, claims.break_glass]).toEqual(['allow', 'rescue']);

  // A local user who is somebody's may be taken from the list again, after a question.
  const users = page.getByRole('region', { name: 'Local users' });
  await owner.call('PUT', `/api/v1/admin/host-groups/${group.id}/accounts`, {
    local_user: 'postgres',
    user_id: (await owner.get('/api/v1/admin/users?q=olga')).body.items[0].id,
  });
  await page.reload();
  await expect(who.getByText('Operators', { exact: true })).toBeVisible();
  // Who is somebody already becomes somebody else after a question only.
  const give = async (localUser: string, login: string, option: RegExp) => {
    await users.getByLabel('Local user', { exact: true }).fill(localUser);
    await users.getByRole('combobox', { name: 'Is this person' }).fill(login);
    await page.getByRole('option', { name: option }).click();
    await users.getByRole('button', { name: 'Save the local user' }).click();
  };
  const row = (name: RegExp) => users.getByRole('row', { name });
  await give('postgres', 'second', /second/);
  const asking = page.getByRole('dialog', { name: 'postgres is Olga Owner' });
  await expect(asking).toContainText('Olga Owner (olga) cannot log in as postgres any more');
  await expectAccessibleInBothSchemes(page);
  await asking.getByRole('button', { name: 'Cancel' }).click();
  await expect(asking).toHaveCount(0);
  await expect(row(/^postgres Olga Owner/)).toBeVisible();
  await expect(users.getByText('The list was not changed.')).toHaveCount(0);
  await give('postgres', 'second', /second/);
  await asking.getByRole('button', { name: /^Make it/ }).click();
  await expect(page.getByText(/^postgres is .* now\.$/)).toBeVisible();
  await expect(row(/^postgres Olga Owner/)).toHaveCount(0);
  await give('postgres', 'olga', /olga/);
  await page.getByRole('button', { name: 'Make it Olga Owner' }).click();
  await expect(row(/^postgres Olga Owner/)).toBeVisible();
  await users.getByRole('button', { name: 'Take postgres from the list' }).press('Enter');
  // The one before may still be fading out.
  const taking = page.getByRole('dialog', { name: 'Take postgres from the list?' });
  await expect(taking).toContainText('Olga Owner cannot log in as postgres any more');
  await page.getByRole('button', { name: 'Take postgres out' }).click();
  await expect(page.getByText('postgres was taken from the list.')).toBeVisible();
  await expect(users.getByRole('group', { name: 'Local users' })).toBeFocused();
});

test('hosts are found, renamed, moved, revoked and removed; their group goes when it is empty', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await enterAsOwner(page, server, phone);
  const owner = await secondOwner(server);
  const [web, kiosks] = [
    await addHostGroup(owner, { name: 'Web servers' }),
    await addHostGroup(owner, { name: 'Kiosks' }),
  ];
  const { host } = await addHost({ url: server.url }, owner, { group: web, name: 'web1' });
  for (const name of ['kiosk-a', 'kiosk-b'])
    await addHost({ url: server.url }, owner, { group: kiosks, name });
  await page.reload();
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
  for (const name of ['web1', 'kiosk-a', 'kiosk-b']) await expect(row(name)).toBeVisible();
  await page.getByRole('combobox', { name: 'Host group' }).fill('kio');
  await page.getByRole('option', { name: 'Kiosks' }).click();
  await expect(row('web1')).toHaveCount(0);
  await page.getByLabel('Search hosts').fill('kiosk-b');
  await expect(row('kiosk-a')).toHaveCount(0);
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);
  // The search is in the address: it is the same after a reload.
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Host group' })).toHaveValue('Kiosks');
  await expect(row('kiosk-b')).toBeVisible();
  await expect(row('kiosk-a')).toHaveCount(0);

  await row('kiosk-b').getByRole('link').click();
  const form = page.getByRole('region', { name: 'Name and host group' });
  await form.getByLabel('Name', { exact: true }).fill('not a name');
  await form.getByRole('button', { name: 'Save the name and the host group' }).click();
  await expect(form.getByText(/A name is 1 to 100 letters/)).toBeVisible();
  await form.getByLabel('Name', { exact: true }).fill('web2');
  await form.getByRole('combobox', { name: 'Host group' }).fill('web');
  await page.getByRole('option', { name: 'Web servers' }).click();
  await form.getByRole('button', { name: 'Save the name and the host group' }).click();
  await expect(page.getByText('The host is in Web servers now.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'web2', level: 1 })).toBeVisible();

  await page.goto(`/admin/devices/${host.id}`);
  const waiting = await host.login('olga');
  await page.getByRole('button', { name: 'Revoke host' }).click();
  await expect(page.getByRole('dialog')).toContainText('Make sure that there is another way to the machine');
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press('Escape');
  expect((await host.wait(waiting.id)).status).toBe(200);
  await page.getByRole('button', { name: 'Revoke host' }).click();
  await page.getByRole('button', { name: 'Revoke web1' }).click();
  await expect(page.getByText('web1 is revoked.')).toBeVisible();
  await expect(page.getByText('This host is revoked')).toBeVisible();
  await expect(page.getByRole('row', { name: /olga .*Ended the host was revoked/ })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  expect((await host.wait(waiting.id)).body).toMatchObject({ code: 'host_revoked' });

  await page.goto('/admin/devices?state=revoked');
  await expect(row('web1')).toBeVisible();
  await expect(row('web2')).toHaveCount(0);
  await row('web1').getByRole('link').click();
  await page.getByRole('button', { name: 'Remove host' }).click();
  await page.getByRole('button', { name: 'Remove web1' }).click();
  await expect(page.getByText('web1 was removed.')).toBeVisible();
  await page.goto(`/admin/devices/${host.id}`);
  await expect(page.getByText('There is no host at this address.')).toBeVisible();

  // A group with a host stays, also where the page does not know of it yet.
  await page.goto(`/admin/devices/groups/${web.id}`);
  const removal = page.getByRole('region', { name: 'Remove it' });
  await expect(removal.getByText('There are hosts in it.', { exact: false })).toBeVisible();
  const { id: empty } = await addHostGroup(owner, { name: 'Lab' });
  await page.goto(`/admin/devices/groups/${empty}`);
  await page.getByRole('button', { name: 'Remove host group' }).click();
  const { host: late } = await addHost({ url: server.url }, owner, {
    group: { ...web, id: empty },
    name: 'late',
  });
  await page.getByRole('button', { name: 'Remove Lab' }).click();
  await expect(page.getByText('There are hosts in this group. Move or revoke them first.')).toBeVisible();
  await owner.post(`/api/v1/admin/hosts/${late.id}/revoke`);
  await page.getByRole('button', { name: 'Remove Lab' }).click();
  await expect(page.getByText('Lab was removed.')).toBeVisible();
  await expect(page.getByRole('row', { name: /^Lab/ })).toHaveCount(0);
});

test('who may only read sees hosts, logins and rules in words, and nothing to change them with', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const services = {
    '*': { factors: ['push', 'totp'], first_factor: true, deny: false },
    su: { factors: [], first_factor: true, deny: true },
  };
  const { host } = await addHost({ url: server.url }, owner, {
    group: await addHostGroup(owner, { name: 'Web servers', services, break_glass: 'rescue' }),
    name: 'web1',
  });
  await host.begin('nobody');
  await addPerson(server, 'rita', 'read_only');
  const { phone: ritas } = await enrol(server, 'rita');
  await enter(page, 'rita');
  await approve(page, ritas, 'admin_login');
  await expect(page.getByRole('link', { name: 'web1' })).toBeVisible();
  const noChange = async () => {
    const main = page.getByRole('main');
    await expect(main.getByRole('button', { name: /Join|Save|Add|Revoke|Remove|Take/ })).toHaveCount(0);
    await expectAccessibleInBothSchemes(page);
    await expectToFit(page);
  };
  await noChange();
  await page.getByRole('link', { name: 'web1' }).click();
  await expect(page.getByRole('row', { name: /nobody .*Refused/ })).toBeVisible();
  await noChange();
  await page.getByRole('region', { name: 'At a glance' }).getByRole('link', { name: 'Web servers' }).click();
  await expect(
    page.getByText('Everyone to whom a local user belongs may log in.', { exact: false }),
  ).toBeVisible();
  await expect(
    page.getByText('All other services: After the password or key: a push or a verification code.'),
  ).toBeVisible();
  await expect(page.getByText('su: Nobody logs in by it.')).toBeVisible();
  await expect(page.getByText('The break-glass account is rescue.', { exact: false })).toBeVisible();
  await noChange();

  // The server does not answer for a while: that is said, and tried again.
  await page.goto('/admin/devices');
  const calls = /\/api\/v1\/admin\/hosts\?/;
  await page.route(calls, (route) => route.abort());
  await page.getByLabel('Search hosts').fill('web');
  await expect(page.getByText('The list of hosts could not be loaded.')).toBeVisible({ timeout: 20_000 });
  await page.unroute(calls);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'web1' })).toBeVisible();
});
