/**
 * The whole API, driven by its own OpenAPI document: right and broken calls of every operation by everybody. Never a 5xx,
 * every refusal a known problem, every answer of its promised form and with nothing else in it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { password } from '../support/people.ts';
import { metadataText } from '../support/saml.ts';
import { totpCode } from '../support/totp.ts';
import { isJsonObject, parseStrictJson } from '@countersign/protocol';
import { Callers, type Caller } from './support/callers.ts';
import {
  type Answered,
  bodySchemaOf,
  demandPromised,
  type Document,
  isJson,
  type Operation,
  operationsOf,
} from './support/contract.ts';
import { createServiceProvider } from '../support/service-provider.ts';
import { corpus, runsOf, seed } from './support/hold.ts';
import { editedJson, editedText, oddJson, oddText } from './support/inputs.ts';
import { valuesOf, type Hints } from './support/schema.ts';

/** Stand for what is known only when the call is made. */
const placeholders = [
  '$code',
  '$token',
  '$login',
  '$owner',
  '$registration',
  '$answer',
  '$assertion',
  '$group',
  '$hostGroup',
  '$user',
] as const;

const onePixel = Buffer.from(encode({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) })).toString(
  'base64',
);

const hints: Hints = {
  login: ['$login', '$login', '$owner', 'nobody'],
  invite: [true],
  password: [password],
  current: [password],
  new_password: ['a passphrase that is not known'],
  new: ['another long enough passphrase'],
  resource: ['act:factors', 'act:password', 'act:admin'],
  email: ['fuzz@example.com'],
  language: ['de'],
  url: ['https://wiki.example.com/'],
  types: [['*'], ['push.*', 'group.created']],
  png: [onePixel],
  redirect_uris: [['https://wiki.example.com/callback']],
  grant_types: [['authorization_code', 'refresh_token']],
  user_code: ['BBBB-BBBB'],
  post_logout_redirect_uris: [[]],
  backchannel_logout_uri: [null],
  jwks_uri: [null],
  metadata: [metadataText({ entityId: 'https://fuzz.example.com/' })],
  metadata_url: ['https://127.0.0.1/', 'x'],
  group_ids: [['$group'], []],
  // Most applications are of one kind, with what belongs to it.
  kind: ['bookmark'],
  oidc: [undefined],
  saml: [undefined, { metadata: metadataText({ entityId: 'https://fuzz.example.com/' }) }],
  cursor: ['9007199254740991.zzz'],
  expires_at: [null, '2999-01-01T00:00:00Z', 'x'],
  local_user: ['$login', '$login', 'nobody'],
  nonce: ['AAAAAAAAAAAAAAAAAAAAAA'],
  service: ['sshd'],
  rhost: ['203.0.113.9', null],
  at: ['2026-01-02T03:04:05Z', '2999-01-01T00:00:00Z', 'x'],
  user_id: ['$user', null],
  group_id: ['$hostGroup'],
  services: [{ '*': { factors: ['push'], first_factor: true, deny: false } }],
  mac: ['$mac'],
  wait: [0],
  code: ['$code'],
  token: ['$token'],
  registration: ['$registration'],
  answer: ['$answer'],
  webauthn: ['$assertion'],
};

interface Call {
  operation: number;
  caller: Caller;
  /** Which of the known ids, or the text to put in place of one. */
  id: { known: number } | { odd: string };
  query: Record<string, string | undefined>;
  /** As it is sent; undefined: none. */
  body: string | undefined;
  headers: Record<string, string | undefined>;
}

/** What Node lets through in the value of a header. */
const headerText = oddText.map((text) => text.replace(/[^\x20-\x7e]/g, '').trim());

const oddHeaders: fc.Arbitrary<Call['headers']> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc.record(
    {
      'content-type': fc.oneof(
        fc.constantFrom(
          'application/merge-patch+json',
          'text/plain',
          'application/json; charset=latin1',
          'a/b',
          '',
        ),
        headerText,
      ),
      origin: fc.oneof(fc.constantFrom('null', 'https://evil.example'), headerText),
      cookie: headerText,
      dpop: fc.oneof(headerText, fc.constantFrom(...corpus<string>('jws'))),
      authorization: fc.oneof(headerText, fc.constant('Bearer x')),
      accept: headerText,
      'user-agent': headerText,
      'x-forwarded-for': fc.oneof(headerText, fc.constantFrom(...corpus<string>('forwarded'))),
      'if-none-match': headerText,
      range: headerText,
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, string>>,
);

const oddId = fc.oneof(
  fc.constantFrom('%00', '..', '%2e%2e', '%F0%9F%92%A9', '%ZZ', '__proto__', 'a'.repeat(65), '~', '{id}'),
  fc.stringMatching(/^[\w-]{22}$/),
  oddText.map((text) => encodeURIComponent(text.toWellFormed())),
);

function bodiesOf(operation: Operation): fc.Arbitrary<string | undefined> {
  const schema = bodySchemaOf(operation);
  if (operation.method === 'GET') return fc.constant(undefined);
  // Nothing is sent, or a file, whose form no schema tells.
  if (!schema || Object.keys(schema).length === 0)
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(undefined, '{}') }, oddText);
  const right = valuesOf(schema, hints) as fc.Arbitrary<object>;
  const text = right.map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 12, arbitrary: text },
    {
      weight: 2,
      arbitrary: right
        .chain((value) => (Object.keys(value).length > 0 ? editedJson(value) : fc.constant(value)))
        .map((value) => JSON.stringify(value)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(right, fc.string(), oddJson)
        .map(([value, name, more]) => JSON.stringify({ ...value, [name]: more })),
    },
    { weight: 1, arbitrary: text.chain(editedText) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        oddText,
        oddJson.map((value) => JSON.stringify(value)),
        fc.constant(undefined),
      ),
    },
  );
}

function queriesOf({ parameters = [] }: Operation): fc.Arbitrary<Call['query']> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const members = inQuery.map(({ name, schema }): [string, fc.Arbitrary<string>] => [
    name,
    fc.oneof(
      {
        weight: 6,
        arbitrary: hints[name] ? fc.constantFrom(...hints[name].map(String)) : valuesOf(schema).map(String),
      },
      oddText,
      fc.constantFrom(...corpus<string>('cursors')),
    ),
  ]);
  const known: fc.Arbitrary<Call['query']> = fc.record(Object.fromEntries(members), { requiredKeys: [] });
  return fc.oneof({ weight: 6, arbitrary: known }, fc.dictionary(oddText, oddText, { maxKeys: 2 }));
}

/** Calls of everybody, most of them by somebody who may make them. */
function callsOf(operations: readonly Operation[]): fc.Arbitrary<Call> {
  return fc.oneof(
    ...operations.map((operation, index) => {
      const usual: Caller = operation.path.startsWith('/api/v1/admin')
        ? 'owner'
        : operation.path.startsWith('/authenticator/')
          ? 'phone'
          : operation.path.startsWith('/host/')
            ? 'host'
            : 'user';
      const arbitrary: fc.Arbitrary<Call> = fc.record({
        operation: fc.constant(index),
        caller: fc.oneof(
          { weight: 4, arbitrary: fc.constant(usual) },
          fc.constantFrom<Caller>('stranger', 'user', 'owner', 'phone', 'host'),
        ),
        id: fc.oneof({ weight: 4, arbitrary: fc.record({ known: fc.nat(1000) }) }, fc.record({ odd: oddId })),
        query: queriesOf(operation),
        body: bodiesOf(operation),
        headers: oddHeaders,
      });
      // After these somebody has to be made anew, and what was begun is lost.
      const endsPeople =
        /\/(session|suspend|end-sessions|reset-mfa|password|report|revoke|self)$|(sessions|authenticators)\/\{id\}$|v1\/me$/;
      return { arbitrary, weight: operation.method !== 'GET' && endsPeople.test(operation.path) ? 1 : 5 };
    }),
  );
}

/** The ids that answers told of, by the path that they belong under. */
class KnownIds {
  private readonly byFolder = new Map<string, string[]>();

  keep(path: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (name === 'id' && typeof member === 'string') {
        const ids = this.byFolder.get(path) ?? [];
        if (!ids.includes(member)) this.byFolder.set(path, [...ids, member].slice(-12));
      } else if (name === 'authenticators' || name === 'groups' || name === 'applications')
        this.keep(`/api/v1/admin/${name}`, member);
      else if (path === '/api/v1/admin/hosts' && name === 'group')
        this.keep('/api/v1/admin/host-groups', member);
      else if (path === '/api/v1/admin/hosts' && name === 'logins') continue;
      else this.keep(path, member);
    }
  }

  /** They belonged to somebody who is gone. */
  forget = () => this.byFolder.clear();

  /** One of the folder's in three of four cases, else one of any other. */
  find(folder: string, which: number): string {
    const own = this.byFolder.get(folder) ?? [];
    const any = [...this.byFolder.values()].flat();
    const ids = own.length > 0 && which % 4 > 0 ? own : any;
    return ids[which % (ids.length || 1)] ?? 'AAAAAAAAAAAAAAAAAAAAAA';
  }
}

const folderOf = (path: string) => path.split('/{id}')[0]!;
/** Whose ids an answer tells. */
const told = (path: string): string =>
  /\{id\}\/(members|accounts)$/.test(path)
    ? '/api/v1/admin/users'
    : path.endsWith('/{id}/groups')
      ? '/api/v1/admin/groups'
      : folderOf(path);
const minute = 60_000; // ms

forEachEngine((engine) => {
  let server: InProcess;
  let callers: Callers;
  let operations: Operation[];
  const ids = new KnownIds();
  const succeeded = new Set<string>();
  let invited = 0;
  /** Of the policies: the version that holds. */
  let etag = '"0"';

  before(async () => {
    server = await startInProcess(engine);
    callers = new Callers(server);
    await callers.renew();
    const response = await fetch(`${server.url}/api/openapi.json`);
    operations = operationsOf((await response.json()) as Document);
  });
  after(() => server[Symbol.asyncDispose]());

  async function send(call: Call): Promise<{ operation: Operation; answered: Answered }> {
    const operation = operations[call.operation]!;
    const { method } = operation;
    let id = 'known' in call.id ? ids.find(folderOf(operation.path), call.id.known) : call.id.odd;
    let text = call.body;
    for (const placeholder of placeholders.filter((each) => text?.includes(`"${each}"`))) {
      const answer = placeholder === '$answer' ? await callers.answer() : undefined;
      if (answer && 'known' in call.id) id = answer.id;
      const values = {
        $code: /\/totp|^\/host\//.test(operation.path)
          ? totpCode(callers.totpSecret, server.now())
          : callers.code,
        $token: operation.path.startsWith('/api/v1/password-resets') ? callers.resetToken : callers.token,
        $login: callers.login,
        $owner: callers.ownerLogin,
        $registration: placeholder === '$registration' ? await callers.registration() : '',
        $answer: answer?.answer ?? '',
        $assertion: placeholder === '$assertion' ? await callers.assertion() : {},
        $group: ids.find('/api/v1/admin/groups', 1),
        $hostGroup: ids.find('/api/v1/admin/host-groups', 1),
        $user: ids.find('/api/v1/admin/users', 1),
      };
      text = text!.replace(`"${placeholder}"`, JSON.stringify(values[placeholder]));
    }
    if (text?.includes('"$mac"')) text = await joined(text);
    const search = String(new URLSearchParams(call.query as Record<string, string>));
    const member = 'known' in call.id ? ids.find('/api/v1/admin/users', call.id.known) : call.id.odd;
    const filled = operation.path.replace('{id}', id).replace('{user_id}', member).replace('{version}', '0');
    const path = filled + (search && `?${search}`);
    const isOfPolicies = path.startsWith('/api/v1/admin/policies');
    const body = text === undefined ? undefined : new TextEncoder().encode(text);
    const response = await fetch(server.url + path, {
      method,
      body,
      redirect: 'manual',
      headers: {
        ...(await callers.headersOf(call.caller, { method, path, body })),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(isOfPolicies ? { 'if-match': etag } : {}),
        ...(call.headers as Record<string, string>),
      },
    });
    if (isOfPolicies) etag = response.headers.get('etag') ?? etag;
    if (call.headers.cookie === undefined) callers.keepCookies(call.caller, response.headers);
    return { operation, answered: await read(response) };
  }

  /** As a host would send it that knows a token; the text itself where it is no object. */
  async function joined(text: string): Promise<string> {
    const body = parseStrictJson(text);
    const whole = body !== undefined && isJsonObject(body) ? await callers.join(body) : undefined;
    return whole ? JSON.stringify(whole) : text;
  }

  /** Of a stream only the beginning. */
  async function read(response: Response): Promise<Answered> {
    const contentType = response.headers.get('content-type') ?? '';
    const head = { status: response.status, contentType };
    if (contentType.startsWith('text/event-stream')) {
      const reader = response.body!.getReader();
      const { value } = await reader.read();
      await reader.cancel();
      return { ...head, body: new TextDecoder().decode(value) };
    }
    const text = await response.text();
    return { ...head, body: isJson(contentType) ? JSON.parse(text) : text };
  }

  /** Begins what later calls go on with, and finds out what there is. */
  async function supply(): Promise<void> {
    const { user, owner, phone } = callers;
    const tell = (path: string, { body }: { body: unknown }) => ids.keep(path, body);
    const stepUp = { purpose: 'step_up', resource: 'act:password' };
    tell('/api/v1/authentications', await user.post('/api/v1/authentications', stepUp));
    const activation = await user.post('/api/v1/me/activations');
    callers.code = (activation.body.code as string | undefined) ?? callers.code;
    tell('/api/v1/me/activations', activation);
    const login = `invited-${(invited += 1)}`;
    const person = { login, email: `${login}@example.com`, name: 'Invited', invite: true };
    tell('/api/v1/admin/users', await owner.post('/api/v1/admin/users', person));
    const group = { name: `Group ${invited}` };
    tell('/api/v1/admin/groups', await owner.post('/api/v1/admin/groups', group));
    tell(
      '/api/v1/admin/host-groups',
      await owner.post('/api/v1/admin/host-groups', { name: `Hosts ${invited}` }),
    );
    tell('/api/v1/admin/hosts', await owner.get('/api/v1/admin/hosts?limit=3'));
    // Every other time, so that those which are begun below find room.
    if (invited % 2 === 0) tell('/host/v1/logins', await callers.host.begin(callers.login));
    const bookmark = { name: 'Wiki', url: 'https://wiki.example.com/' };
    tell('/api/v1/admin/applications', await owner.post('/api/v1/admin/applications', bookmark));
    const webhook = { url: 'https://hooks.example.com/', types: ['group.removed'] };
    if (invited % 10 === 1)
      tell('/api/v1/admin/webhooks', await owner.post('/api/v1/admin/webhooks', webhook));
    const { metadata } = createServiceProvider(server.url, server.now);
    const saml = { ...bookmark, kind: 'saml', saml: { metadata } };
    tell('/saml/apps', await owner.post('/api/v1/admin/applications', saml));
    await user.post('/api/v1/password-resets', { email: `${callers.login}@example.com` });
    const outbox = JSON.stringify((await owner.get('/api/v1/admin/outbox?limit=2')).body);
    callers.token = /\/invite#token=([\w-]+)/.exec(outbox)?.[1] ?? callers.token;
    callers.resetToken = /\/reset#token=([\w-]+)/.exec(outbox)?.[1] ?? callers.resetToken;
    for (const path of ['/api/v1/me/sessions', '/api/v1/me/authenticators']) tell(path, await user.get(path));
    await phone.call('POST', '/me/test');
    tell('/authenticator/v1/requests', await phone.call('GET', '/requests'));
  }

  /** What the next calls need to get anywhere: ids, a code, people who are signed in, limits that are over. */
  async function goOn({ method, path }: Operation, { status, body }: Answered): Promise<void> {
    if (status === 429) {
      server.advance(16 * minute);
      await callers.freshen();
    }
    if (status >= 300) return;
    succeeded.add(`${method} ${path}`);
    ids.keep(told(path), body);
    if (path === '/api/v1/me/totp') callers.totpSecret = (body as { secret: string }).secret;
    if (path === '/api/v1/me/activations') callers.code = (body as { code: string }).code;
    if (method !== 'GET' && (await callers.renew())) ids.forget();
  }

  test('every call of every operation gets a promised answer', async () => {
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(callsOf(operations), async (call) => {
        calls += 1;
        if (calls % 20 === 0) {
          await callers.restoreSettings();
          if (await callers.renew()) ids.forget();
        }
        if (calls % 10 === 1) await supply();
        const { operation, answered } = await send(call);
        // A path that its odd id changed may be another operation's, or nobody's.
        if ('odd' in call.id && operation.path.includes('{id}')) {
          assert.ok(answered.status < 500, JSON.stringify(answered));
          if (answered.status < 300) return;
        }
        demandPromised(operation, answered);
        await goOn(operation, answered);
      }),
      // What was called before counts, so a smaller call that fails too would be by chance.
      { seed, numRuns: runsOf(2400), endOnFailure: true },
    );
    // A SAML message is of another form, and signed; saml.test.ts has those.
    const reachable = operations.filter(({ path }) => !/^\/saml\/(sso|slo|answer|logout)$/.test(path));
    const missed = reachable
      .map(({ method, path }) => `${method} ${path}`)
      .filter((each) => !succeeded.has(each));
    // So few calls say nothing of what is reached.
    if (calls >= 400)
      assert.ok(
        missed.length < reachable.length / 4,
        `of ${reachable.length}, never answered with success: ${missed.join(', ')}`,
      );
    assert.equal((await fetch(`${server.url}/health/ready`)).status, 200, 'the server is alive');
  });
});
