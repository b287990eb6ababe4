import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderLetter } from './letter.ts';

test('what people are called becomes no markup, and the link is in both forms', () => {
  const letter = {
    subject: 'A <b>subject</b>',
    greeting: '<script>alert(1)</script>',
    paragraphs: ['One & two "quoted"'],
    action: { label: 'Open', url: 'https://id.example.com/invite#token=a&b' },
    after: ['For a day <i>only</i>'],
  };
  const { text, html } = renderLetter(letter, 'Acme <Co>');
  assert.ok(text.includes('Hello <script>alert(1)</script>,'), 'plain text is plain');
  const order = ['One & two', letter.action.url, 'For a day', 'Acme'].map((words) => text.indexOf(words));
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    order,
    'in the order of reading',
  );
  assert.ok(!order.includes(-1));
  assert.ok(!/<script|<b>|<Co>|<i>/.test(html));
  assert.ok(html.includes('href="https://id.example.com/invite#token=a&#38;b"'));
});
