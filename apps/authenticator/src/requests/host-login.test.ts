import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programOf } from './host-login.ts';

test('the program on a host stands with its terminal, whatever it is called', () => {
  const told = ['ssh', 'sudo on pts/3', 'a on b on tty1', 'sudo on ', null];
  assert.deepEqual(told.map(programOf), ['ssh', 'sudo (pts/3)', 'a on b (tty1)', 'sudo on ', null]);
});
