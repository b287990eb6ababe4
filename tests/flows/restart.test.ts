import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addPerson, askPush, begin, enrol } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';

/** Nothing that is pending is lost over a restart, and several processes are one server. */
forEachEngine((engine) => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ engine });
  });
  after(() => server[Symbol.asyncDispose]());

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`a request that waits survives ${signal}: the phone answers afterwards, and the browser goes on`, async () => {
      const login = signal.toLowerCase();
      await addPerson(server, login);
      const { browser, phone } = await enrol(server, login);
      const { id } = await begin(browser, login);
      await askPush(browser, id);
      const request = await phone.request();
      const ended = (async () => {
        try {
          for await (const { data } of browser.events(`/api/v1/authentications/${id}/events`))
            assert.equal(data.state, 'challenge');
        } catch (error) {
          // Killed: the connection breaks instead of ending.
          assert.equal(signal, 'SIGKILL', String(error));
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server.stop(signal);
      await ended;
      await server.restart();
      assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.push.state, 'pending');
      assert.equal((await phone.answer(request, 'approve')).status, 200);
      assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
      assert.equal((await browser.get('/api/v1/session')).body.user.login, login);
    });
  }

  test('a graceful stop ends well', async () => {
    assert.equal(await server.stop('SIGTERM'), 0, server.output());
    await server.restart();
  });

  test('health, and metrics from loopback', async () => {
    const browser = new Browser(server.url);
    assert.deepEqual((await browser.get('/health/live')).body, { status: 'ok' });
    assert.deepEqual((await browser.get('/health/ready')).body, { status: 'ok' });
    assert.match((await browser.get('/metrics')).body, /countersign_http_request_duration_seconds/);
    const proxied = await browser.call('GET', '/metrics', undefined, { 'x-forwarded-for': '127.0.0.1' });
    assert.equal(proxied.status, 403);
  });

  test('the settings of the process are checked at start, a line for each that is wrong', async () => {
    const broken = {
      ...server.env,
      PORT: 'x',
      SMTP_URL: 'mail',
      TRUSTED_PROXIES: '10.0.0.0/99',
      COUNTERSIGN_URL: 'http://id.example.com',
    };
    const { spawn } = await import('node:child_process');
    const { text } = await import('node:stream/consumers');
    const run = spawn(process.execPath, ['apps/server/countersign.js', 'serve'], { env: broken });
    const [errors] = await Promise.all([text(run.stderr), new Promise((resolve) => run.on('exit', resolve))]);
    assert.notEqual(run.exitCode, 0);
    for (const name of ['PORT', 'SMTP_URL', 'TRUSTED_PROXIES', 'COUNTERSIGN_URL'])
      assert.match(errors, new RegExp(`^${name}: `, 'm'));
    assert.doesNotMatch(errors, /at .*\.ts:/);
  });
});
