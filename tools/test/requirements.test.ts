import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advice, chromium, firefox, installing, postgres } from './requirements.ts';

const lines = (commands: string[][]) => commands.map((command) => command.join(' '));
const apt = 'apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold';

test('Debian has both as packages', () => {
  const commands = lines(installing([chromium, postgres], 'debian'));
  assert.deepEqual(commands, ['apt-get update', `${apt} chromium postgresql`]);
});

test('only what is missing is installed', () => {
  assert.deepEqual(lines(installing([postgres], 'ubuntu')), ['apt-get update', `${apt} postgresql`]);
  // A package that is not there would keep all others from being installed.
  assert.deepEqual(lines(installing([firefox, postgres], 'ubuntu')), ['apt-get update', `${apt} postgresql`]);
  assert.deepEqual(installing([], 'debian'), []);
});

test('on Ubuntu, whose package needs snap, Chromium comes from Playwright', () => {
  const commands = lines(installing([chromium, postgres], 'ubuntu'));
  assert.deepEqual(commands.slice(1), [`${apt} postgresql`, 'npx playwright install --with-deps chromium']);
});

test('the advice is one line to copy', () => {
  assert.equal(
    advice([chromium, postgres], 'debian'),
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium postgresql',
  );
  assert.equal(
    advice([chromium, postgres], 'other'),
    'npx playwright install --with-deps chromium; install PostgreSQL (its programs in PATH)',
  );
});
