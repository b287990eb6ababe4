import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickLanguage } from './language.ts';

test('the first of the person’s languages that there is', () => {
  const there = ['de', 'en', 'pt-BR'];
  assert.equal(pickLanguage(['de-AT', 'en'], there), 'de');
  assert.equal(pickLanguage(['fr', 'de'], there), 'de');
  assert.equal(pickLanguage(['pt-BR'], there), 'pt-BR');
  assert.equal(pickLanguage(['fr'], there), 'en');
  assert.equal(pickLanguage([], there), 'en');
});
