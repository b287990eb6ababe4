import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Topics } from './topics.ts';

test('a topic takes memory only while somebody listens', () => {
  const topics = new Topics();
  let calls = 0;
  const listener = () => void calls++;
  const [first, second] = [topics.subscribe('topic', listener), topics.subscribe('topic', listener)];
  topics.tell('topic');
  assert.equal(calls, 2);
  first();
  first();
  topics.tell('topic');
  topics.tell('another');
  assert.equal(calls, 3);
  assert.equal(topics.size, 1);
  second();
  assert.equal(topics.size, 0);
  topics.subscribe('topic', listener);
  second();
  topics.tellEveryone();
  assert.equal(calls, 4);
});
