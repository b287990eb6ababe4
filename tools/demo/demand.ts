import assert from 'node:assert/strict';
import type { Answer } from '../../tests/support/browser.ts';

/** The body of an answer that is no refusal. */
export async function demand(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  assert.ok(status < 300, JSON.stringify(body));
  return body;
}
