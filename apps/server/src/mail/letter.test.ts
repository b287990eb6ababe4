import type { Language } from '@countersign/protocol/wire';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderLetter, type Letter } from './letter.ts';
import { languageOf, lettersIn } from './languages.ts';
import type { Letters } from './languages/en.ts';

test('what people are called becomes no markup, and the link is in both forms', () => {
  const letter = {
    subject: 'A <b>subject</b>',
    paragraphs: ['One & two "quoted"'],
    action: { label: 'Open', url: 'https://id.example.com/invite#token=a&b' },
    after: ['For a day <i>only</i>'],
  };
  const greeting = 'Hello <script>alert(1)</script>,';
  const { text, html } = renderLetter(letter, { language: 'en', greeting, organization: 'Acme <Co>' });
  assert.ok(text.startsWith(greeting), 'plain text is plain');
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

const person = { login: 'mina', name: 'Mina Meier' };
const place = { client: 'Firefox on Linux', ip: '192.0.2.7' };
const url = 'https://id.example.com/x#token=t';
/** Each letter with every fact that it can take; the facts must be read in it. */
const samples: { [K in Exclude<keyof Letters, 'greeting'>]: Parameters<Letters[K]>[] } = {
  invitation: [['Acme', 'mina', url]],
  getApp: [['Acme', url]],
  enrol: [
    ['Acme', 'asked', url],
    ['Acme', 'now', url],
  ],
  passwordReset: [['Acme', 'mina', 30, url]],
  passwordWasReset: [
    ['mina', 'Firefox on Linux'],
    ['mina', null],
  ],
  passwordChanged: [[]],
  emailChanged: [['mina@example.com']],
  mfaReset: [[]],
  phoneAdded: [['Mina’s phone']],
  phoneMoved: [['Mina’s phone']],
  phoneRemoved: (['portal', 'app', 'replacement', 'administrator', 'not_my_phone'] as const).map((by) => [
    'Mina’s phone',
    by,
  ]),
  checkAdded: [['Mina’s phone']],
  checkReplaced: [['Mina’s phone']],
  totpAdded: [[]],
  totpRemoved: [[]],
  passkeyAdded: [['Yellow key']],
  passkeyRemoved: [['Yellow key']],
  recoveryCodesMade: [[]],
  recoveryCodeUsed: [[0], [1], [7]],
  verificationReported: [[person, { login: 'hanna', name: 'Hanna Hill' }]],
  hostLoginReported: [[person, 'web1', place]],
  brokenGlass: [['web1', 'rescue']],
  webhookDisabled: [['https://hooks.example.com', 'it answered 503']],
  factorLocked: [
    ['totp', 5],
    ['recovery_code', 5],
  ],
  signInReported: [
    [person, place],
    [person, { client: null, ip: null }],
  ],
  passwordResetReported: [[person, place]],
  transferReported: [
    [person, 'New phone'],
    [person, null],
  ],
  activityReported: [[person, 'totp.added', place]],
};
const every = (language: Language): [string, Letter, unknown[]][] => {
  const letters = lettersIn(language) as unknown as Record<string, (...facts: unknown[]) => Letter>;
  return Object.entries(samples).flatMap(([name, calls]) =>
    (calls as unknown[][]).map((facts): [string, Letter, unknown[]] => [
      name,
      letters[name]!(...facts),
      facts,
    ]),
  );
};
const whole = ({ subject, paragraphs, action, after = [] }: Letter) =>
  [subject, ...paragraphs, ...(action ? [action.label, action.url] : []), ...after].join('\n');

test('every letter says what it was told, in each language, and nothing that is not there', () => {
  for (const language of ['en', 'de'] as const) {
    assert.deepEqual(Object.keys(lettersIn(language)).sort(), ['greeting', ...Object.keys(samples)].sort());
    for (const [name, letter, facts] of every(language)) {
      const words = whole(letter);
      assert.ok(letter.subject.length > 5 && letter.subject.length < 100, `${name}: ${letter.subject}`);
      assert.doesNotMatch(words, /undefined|null|\[object/, name);
      const strings = facts.flatMap((fact) =>
        fact && typeof fact === 'object' ? Object.values(fact) : [fact],
      );
      const kinds = [
        'portal',
        'app',
        'replacement',
        'administrator',
        'not_my_phone',
        'asked',
        'now',
        'totp',
        'recovery_code',
      ];
      for (const fact of strings.filter((each) => each !== null && !kinds.includes(String(each)))) {
        const said = typeof fact === 'number' && fact < 2 ? '' : String(fact);
        assert.ok(words.includes(said), `${name} in ${language} does not say ${said}`);
      }
    }
  }
});

test('no sentence of a German letter was left in English', () => {
  const german = every('de');
  for (const [index, [name, english]] of every('en').entries()) {
    const sentences = whole(english).split('\n');
    for (const sentence of whole(german[index]![1]).split('\n')) {
      if (sentence.startsWith('https://')) continue;
      assert.ok(!sentences.includes(sentence), `${name}: ${sentence}`);
    }
  }
});

test('a letter is in the language of the person, and else in that of the organisation', () => {
  const cases: [string | null | undefined, Language, Language][] = [
    ['de', 'en', 'de'],
    ['de-AT', 'en', 'de'],
    ['DE', 'en', 'de'],
    ['en-GB', 'de', 'en'],
    [null, 'de', 'de'],
    [undefined, 'en', 'en'],
    ['fr', 'de', 'de'],
    ['constructor', 'en', 'en'],
    ['', 'en', 'en'],
  ];
  for (const [tag, organization, expected] of cases) assert.equal(languageOf(tag, organization), expected);
});
