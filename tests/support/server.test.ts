import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachEngine } from './engines.ts';
import { startServer } from './server.ts';

forEachEngine((engine) => {
  test('a server is ready, survives SIGKILL with its data, and ends', async () => {
    await using server = await startServer({ engine });
    assert.ok(server.setupLink?.startsWith(server.url));
    const person = ['--login', 'ada', '--email', 'ada@example.org', '--name', 'Ada', '--role', 'owner'];
    const added = await server.cli(
      ['user', 'add', ...person, '--password-stdin'],
      'a long password of a test\n',
    );
    assert.equal(added.code, 0, added.stderr);
    await server.stop('SIGKILL');
    await assert.rejects(fetch(server.url));
    await server.restart();
    const again = await server.cli(
      ['user', 'add', ...person, '--password-stdin'],
      'a long password of a test\n',
    );
    assert.notEqual(again.code, 0);
    assert.equal(await server.stop(), 0);
  });
});

test('a server that does not come up says why', async () => {
  const starting = startServer({ engine: 'sqlite', env: { LOG_LEVEL: 'loud' } });
  await assert.rejects(starting, /the server ended:\n.*LOG_LEVEL/s);
});

test('a server ends with the test process, also where that was killed', async () => {
  const script = `
    import { startServer } from ${JSON.stringify(import.meta.resolve('./server.ts'))};
    console.log((await startServer({ engine: 'sqlite' })).url);
    process.kill(process.pid, 'SIGKILL');`;
  const url = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], (_error, stdout) =>
      resolve(stdout.trim()),
    );
  });
  assert.match(url, /^http:\/\/localhost:\d+$/);
  for (let tries = 0; tries < 250; tries += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (!answered) return;
    await sleep(20);
  }
  assert.fail('it still answers');
});
