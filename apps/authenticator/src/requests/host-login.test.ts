import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programInShort, programOf } from './host-login.ts';

test('the program and its terminal are told apart, whatever the program is called', () => {
  assert.deepEqual(programOf('ssh'), { service: 'ssh', terminal: null });
  assert.deepEqual(programOf('sudo on pts/3'), { service: 'sudo', terminal: 'pts/3' });
  assert.deepEqual(programOf('a on b on tty1'), { service: 'a on b', terminal: 'tty1' });
  assert.deepEqual(programOf(null), { service: null, terminal: null });
  assert.deepEqual(['ssh', 'sudo on pts/3', null].map(programInShort), ['ssh', 'sudo (pts/3)', null]);
});
