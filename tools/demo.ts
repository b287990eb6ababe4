/**
 * A server with an organisation that looks alive, in a folder that goes with it: `npm run demo`. It ends with Ctrl-C.
 * PORT and LOG_LEVEL are taken from the environment, and nothing else: it touches no other store.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startInProcess } from '../tests/support/in-process.ts';
import { password } from '../tests/support/people.ts';
import { startRelyingParty } from '../tests/support/relying-party.ts';
import { startSamlApplication } from '../tests/support/saml-application.ts';
import { startReceiver } from '../tests/support/webhook-receiver.ts';
import { issueSetupLink } from '../apps/server/src/setup/setup.ts';
import { liveThroughMonth } from './demo/month.ts';
import { people, visitors } from './demo/people.ts';

const port = process.env.PORT ?? '8480';
process.stdout.write('A month passes in the demonstration’s organisation; this takes some seconds …\n');

// They are told of events: one takes them, and one is out of order.
await using takes = await startReceiver();
await using fails = await startReceiver();
fails.answerWith(() => 500);

await using server = await startInProcess('sqlite', {
  PORT: port,
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
  // So that the people of the demonstration come from addresses of their own.
  TRUSTED_PROXIES: '127.0.0.1, ::1',
  COUNTERSIGN_FETCH_ALLOW: `${takes.url}, ${fails.url}`,
});
const link = await issueSetupLink(server.server.platform);
await using wiki = await startRelyingParty();
await using files = await startSamlApplication(server.url);
const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token')!;
await liveThroughMonth(server, token, {
  wiki,
  files,
  told: { takes: `${takes.url}/siem`, fails: `${fails.url}/tickets` },
});

process.stdout.write(`
  Countersign’s demonstration is running, with ${people.length + visitors.length + 1} people and a month of events.
  All of it is gone when this ends (Ctrl-C).

  User Portal      ${server.url}/
  Admin Portal     ${server.url}/admin/
  Authenticator    ${server.url}/authenticator/

  Two applications that sign people in by it, and show what they are told:

  Wiki             ${wiki.url}/   by OpenID Connect
  Files            ${files.url}/   by SAML, with a step-up

  These have not signed in yet, and enrol a phone as they first do. The password of everybody is: ${password}

${visitors.map(({ login, role }) => `  ${login.padEnd(16)} ${role}`).join('\n')}

  1. Sign in at the User Portal as vera.visitor: “Set up your phone” appears.
  2. A second window (a private one, or another browser) stands in for the phone: open the Authenticator there and go
     through its three pages. In the first window choose “I have the app” and “Enter code instead”; in the second “Add
     account” and “Enter code instead”, and type the code.
  3. Choose a new password in the first window, and sign in at the Admin Portal: the request opens in the second window.

  The phones of all others were simulated and are gone. An administrator resets whom you would like to be, and the
  one-time code that this gives lets them enrol anew.

`);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
while (!stop.signal.aborted)
  await sleep(24 * 60 * 60_000, undefined, { signal: stop.signal }).catch(() => {});
