import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderLetter } from './letter.ts';

test('what people are called becomes no markup, and the link is in both forms', () => {
  const letter = {
    subject: 'A <b>subject</b>',
    greeting: '<script>alert(1)</script>',
    paragraphs: ['One & two "quoted"'],
    action: { label: 'Open', url: 'https://id.example.com/invite#token=a&b' },
  };
  const { text, html } = renderLetter(letter, 'Acme <Co>');
  assert.ok(text.includes('Hello <script>alert(1)</script>,'), 'plain text is plain');
  assert.ok(text.includes(letter.action.url));
  assert.ok(!/<script|<b>|<Co>/.test(html));
  assert.ok(html.includes('href="https://id.example.com/invite#token=a&#38;b"'));
});
