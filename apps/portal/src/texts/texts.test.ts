import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { errors } from '@countersign/protocol';
import { checkTexts } from '../../../../tests/support/check-texts.ts';
import german from './languages/de.ts';

checkTexts(join(import.meta.dirname, '..'), /^shared\.problems\.(codes|sentences)\./);

test('German has no words for a code that the server does not have', () => {
  for (const code of Object.keys(german.shared.problems.codes)) assert.ok(code in errors, code);
});
