import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { errors, type ErrorCode } from '@countersign/protocol';
import { ProblemError, reasonsInWords } from '@countersign/ui/api';
import { english } from '@countersign/ui/english';
import { speakShared } from '@countersign/ui/texts';
import german from './languages/de.ts';

/**
 * The server speaks English, and German is looked up by its very words: a sentence that is worded anew there would be
 * shown in English here, and nobody would notice.
 */

const { codes, sentences } = german.shared.problems;

/** What only phones, their activation, hosts, and administrators meet. */
const codesOfOthers = [
  'method_not_allowed',
  'unsupported_media_type',
  'invalid_proof',
  'authenticator_pending',
  'activation_not_found',
  'activation_expired',
  'activation_used',
  'invalid_registration',
  'key_in_use',
  'user_verification_required',
  'user_verification_failed',
  'transfer_disabled',
  'request_not_found',
  'request_expired',
  'request_already_answered',
  'invalid_answer',
  'wrong_number',
  'invalid_token',
  'insufficient_scope',
  'group_name_taken',
  'last_owner',
  'join_token_not_found',
  'clock_skew',
  'host_revoked',
  'local_user_unmapped',
  'host_login_not_allowed',
  'service_denied',
  'host_group_not_empty',
  'host_group_name_taken',
  'host_active',
  'host_name_taken',
  'local_user_taken',
  'policy_changed',
  'changed_meanwhile',
  'policy_locks_out',
  'too_many_webhooks',
  'reminder_not_needed',
] satisfies ErrorCode[];

const sentencesOfOthers = [
  // Calls that the pages do not make: of another form than the server takes, or where it cannot answer at all.
  'The body is not a JSON object, nests too deeply, repeats a name, or holds a NUL or a lone surrogate.',
  'The address holds a NUL.',
  'resource is none that this server has named.',
  'The store does not answer.',
  // The Admin Portal's, which is English.
  'Give either an initial password or invite: true.',
  'This person has a role above yours, or equal to it.',
  'This role is above yours.',
  'Somebody else looks into a report of you, or of what you asked.',
  'Only owners and administrators who are signed in look into a question of the help desk.',
  'This account does not administer anything.',
  'An API token has no say over administrators.',
  'This call needs an API token with the scope ….',
  'This person has no phone that may be asked.',
  'This person was reminded within the last day.',
  'An earlier one is under way.',
  'By the rules of the policies, no owner could sign in to the Admin Portal after this.',
  'Another file is being imported.',
  'The body must be text/csv.',
  'The file is larger than 32 MiB.',
  'The file has more than 100,000 people.',
  'The file begins as UTF-16 and is none.',
  'A line of the file is longer than 64 KiB.',
  'The quotes in line … of the file do not match.',
  'The first line must name the columns: login, email, name, and where wanted role, groups, state.',
  'It is of one kind.',
  'A bookmark is told nothing of anybody.',
  'This session follows or exports something several times already. Close one of them.',
  // A host's, which is English.
  'A number has to be typed on the phone, which cannot be shown there.',
  // The phone's.
  'push_subscription is not of its form',
  'device is not of its form',
  'Nothing was sent along, or it is gone.',
  'The answer does not hold: ….',
  'The registration does not hold: ….',
  'The proof of possession does not hold: ….',
];

/** A sentence that the server makes up while it runs, by where it stands; each is made of the texts that are read below. */
const composed = [
  'password/change.ts: reason',
  "password/strength.ts: reasons.join(' ')",
  'platform/http/refusal.ts: refusal.message',
  'push/answer.ts: verification.reason',
];

const folder = join(import.meta.dirname, '../../../server/src');
// What is noted of sign-ins to applications is no refusal: administrators read it.
const isNoted = (file: string) => /^oidc\/(explain|note-attempts)\.ts$/.test(file);
const sources = globSync('**/*.ts', { cwd: folder })
  .filter((file) => !file.endsWith('.test.ts') && !isNoted(file))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

const literal = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/;
const start = /\bdetail(?::\s+|\s=\s+)|\breasons\.push\(\s*|\breason\s=\s+(?=['"`]It )|\bwhy:\s+(?=['"`])/g;

/** Every text that a refusal may carry beside its code, as the sources write it. */
const written = sources.flatMap(({ file, text }) =>
  [...text.matchAll(start)].map((found) => {
    const rest = text.slice(found.index + found[0].length);
    const [, ...quoted] = literal.exec(rest) ?? [];
    const what = quoted.find((each) => each !== undefined);
    return {
      file,
      what,
      expression: /^[^,;}\n]+/.exec(rest)?.[0].trim(),
      isPart: found[0].startsWith('why'),
    };
  }),
);
const parts = written
  .filter(({ file, isPart }) => isPart && file === 'push/limits.ts')
  .map(({ what }) => what!);
const said = new Set(
  written
    .filter(({ what, isPart }) => what !== undefined && !isPart)
    .flatMap(({ what }) =>
      what!.includes('${decision.why}')
        ? parts.map((part) => what!.replace('${decision.why}', part))
        : [what!.replace('${least}', '#').replace(/\$\{[^}]+\}/, '…')],
    ),
);

test('the server’s words are found in its sources', () => {
  assert.ok(said.size >= 20, [...said].join('\n'));
  assert.ok(said.has('It must have at least # characters.'));
  assert.ok(said.has('No further request can be sent now: a request is waiting already.'));
  const made = written
    .filter(({ what, expression }) => what === undefined && !expression?.startsWith('async '))
    .map(({ file, expression }) => `${file}: ${expression}`);
  assert.deepEqual(made.sort(), composed);
});

test('each German sentence translates one that the server still says, word for word', () => {
  for (const sentence of Object.keys(sentences)) assert.ok(said.has(sentence), sentence);
});

test('each sentence of the server has German words, unless no page of the portal can meet it', () => {
  for (const sentence of said) {
    assert.notEqual(sentence in sentences, sentencesOfOthers.includes(sentence), sentence);
  }
  for (const sentence of sentencesOfOthers) assert.ok(said.has(sentence), sentence);
});

test('each code of the server has German words, unless no page of the portal can meet it', () => {
  for (const code of Object.keys(errors)) {
    assert.notEqual(code in codes, (codesOfOthers as string[]).includes(code), code);
  }
});

before(() => speakShared(german.shared));
after(() => speakShared(english));

const refused = (code: ErrorCode, detail: string, more: object = {}) => {
  const [status, title] = errors[code];
  return new ProblemError({ type: 'x', title, status, detail, code, server_time: '', ...more });
};

test('a refusal is told in German: by its sentence, else by its code, with its numbers', () => {
  assert.equal(refused('wrong_code', errors.wrong_code[1]).message, codes.wrong_code);
  assert.equal(refused('forbidden', 'This role is above yours.').message, codes.forbidden);
  for (const [sentence, translated] of Object.entries(sentences)) {
    const reason = sentence.replace('#', '17');
    const expected = translated.replace('#', '17');
    assert.equal(refused('weak_password', reason).message, expected);
    assert.equal(reasonsInWords(refused('weak_password', reason, { reasons: [reason] })), expected);
  }
});
