import assert from 'node:assert/strict';
import type { HostLogin } from '@countersign/protocol/wire';
import type { Browser } from '../../tests/support/browser.ts';
import { addHostGroup, Host, joinToken, type AskedLogin } from '../../tests/support/host.ts';
import type { InProcess } from '../../tests/support/in-process.ts';
import type { Phone } from '../../tests/support/phone.ts';

/** The machines of the demonstration's organisation, and who logs in on them. */

interface Member {
  person: { login: string };
  phone: Phone;
}

const minute = 60_000;
const rule = { factors: ['push', 'totp', 'recovery_code'], first_factor: true, deny: false } as const;

const groups = [
  {
    name: 'Web servers',
    match_login: true,
    break_glass: 'rescue',
    services: { '*': rule, sudo: { ...rule, factors: ['push'] }, su: { ...rule, deny: true } },
    hosts: [
      ['web1.harbour.example', 'Debian GNU/Linux 13'],
      ['web2.harbour.example', 'Debian GNU/Linux 13'],
    ],
  },
  {
    name: 'Warehouse terminals',
    outage: 'allow',
    hosts: [
      ['terminal-north', 'Ubuntu 26.04 LTS'],
      ['terminal-south', 'Ubuntu 24.04.3 LTS'],
    ],
  },
] as const;

export interface DemoHosts {
  /** Somebody logs in somewhere, on an ordinary day. */
  usual(member: Member): Promise<void>;
  /** The phone says no. */
  denies(member: Member): Promise<void>;
  /** Nobody looks at the phone. */
  waitsInVain(member: Member): Promise<void>;
  /** Somebody tries a name that is nobody's. */
  guesses(): Promise<void>;
  /** The server was out of reach for a while. */
  wasCutOff(member: Member): Promise<void>;
  /** One of them is not trusted any more. */
  losesOne(by: Browser): Promise<void>;
  /** Those of the web, which are never switched off, ask for what is new. */
  callIn(): Promise<void>;
}

/** `groupId`: of the people of the warehouse; `userId`: of who keeps the terminals. */
export async function joinHosts(
  server: InProcess,
  admin: Browser,
  { groupId, userId }: { groupId: unknown; userId: string },
): Promise<DemoHosts> {
  const hosts: { host: Host; os: string }[] = [];
  for (const { hosts: names, ...more } of groups) {
    const isOfWarehouse = more.name.startsWith('Warehouse');
    const access = isOfWarehouse ? { access: 'groups', group_ids: [groupId], match_login: true } : {};
    const group = await addHostGroup(admin, { ...more, ...access });
    const account = { local_user: isOfWarehouse ? 'depot' : 'deploy', user_id: userId };
    const path = `/api/v1/admin/host-groups/${group.id}/accounts`;
    assert.equal((await admin.call('PUT', path, account)).status, 204);
    for (const [name, os] of names) {
      const host = await Host.create({ url: server.url, now: server.now }, name);
      assert.equal((await host.join(await joinToken(admin, group.id), { os })).status, 201);
      hosts.push({ host, os });
    }
  }
  const [web1, web2, north, south] = hosts.map(({ host }) => host) as [Host, Host, Host, Host];
  let turn = 0;

  async function begin({ person }: Member): Promise<{ host: Host; login: HostLogin }> {
    turn += 1;
    const host = turn % 3 === 0 ? web2 : web1;
    const more: Partial<AskedLogin> =
      turn % 4 === 0
        ? { service: 'sudo', rhost: null, tty: '/dev/pts/3' }
        : { rhost: `198.51.100.${20 + (turn % 5)}` };
    return { host, login: await host.login(person.login, more) };
  }
  async function answer({ phone }: Member, { push }: HostLogin, how: 'approve' | 'deny'): Promise<void> {
    const number = push!.number ?? undefined;
    const answered = await phone.answer(await phone.request('device_login'), how, { number });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
  }
  async function ends(host: Host, { id }: HostLogin, state: HostLogin['state']): Promise<void> {
    assert.equal((await host.wait(id)).body.state, state);
  }
  const offline = (host: Host, entries: object[]) =>
    host.call('POST', '/offline-logins', {
      entries: entries.map((entry) => ({
        id: Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url'),
        service: 'login',
        rhost: null,
        at: new Date(server.now()).toISOString(),
        ...entry,
      })),
    });

  return {
    async usual(member) {
      const { host, login } = await begin(member);
      await answer(member, login, 'approve');
      await ends(host, login, 'allowed');
    },
    async denies(member) {
      const { host, login } = await begin(member);
      await answer(member, login, 'deny');
      await ends(host, login, 'denied');
    },
    async waitsInVain(member) {
      const { host, login } = await begin(member);
      server.advance(6 * minute);
      await ends(host, login, 'expired');
    },
    async guesses() {
      for (const name of ['admin', 'root', 'oracle'])
        assert.equal((await web1.begin(name, { rhost: '192.0.2.77' })).status, 403);
    },
    async wasCutOff({ person }) {
      const told = await offline(web2, [
        { local_user: person.login, outcome: 'wrong_code' },
        { local_user: person.login, outcome: 'offline_code' },
        { local_user: 'rescue', outcome: 'break_glass' },
      ]);
      assert.equal(told.status, 204);
      assert.equal((await offline(north, [{ local_user: 'depot', outcome: 'outage_allowed' }])).status, 204);
    },
    async losesOne(by) {
      assert.equal((await by.post(`/api/v1/admin/hosts/${south.id}/revoke`)).status, 200);
    },
    async callIn() {
      for (const { host, os } of hosts) {
        if (host !== web1 && host !== web2) continue;
        const verdict_key = await host.newestKey();
        const asked = { agent_version: '0.1.0', os, local_users: [], verdict_key };
        assert.equal((await host.call('POST', '/configuration', asked)).status, 200);
      }
    },
  };
}
