import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { activationUri, generateCode, normalizeCode, parseActivationUri } from './code.ts';

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const code = 'ABCDE-FGHJK-MNPQR-STVWX';

test('a code is four groups of five, of an alphabet without I, L, O and U', () => {
  for (let i = 0; i < 50; i++) {
    assert.match(generateCode(random), /^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
  }
  assert.equal(
    generateCode(() => Uint8Array.from({ length: 20 }, (_, i) => i)),
    '01234-56789-ABCDE-FGHJK',
  );
  assert.equal(
    generateCode(() => new Uint8Array(20).fill(255)),
    'ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ',
  );
});

test('every character stands for exactly eight values of a byte, so codes are uniform', () => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const [first] = generateCode((bytes) => new Uint8Array(bytes).fill(byte));
    counts.set(first!, (counts.get(first!) ?? 0) + 1);
  }
  assert.equal(counts.size, 32);
  assert.deepEqual(new Set(counts.values()), new Set([8]));
});

test('a code is read without regard to case, hyphens, spaces, and with I, L as 1 and O as 0', () => {
  const spellings = [
    code,
    code.toLowerCase(),
    code.replaceAll('-', ''),
    code.replaceAll('-', ' '),
    ` ${code}\n`,
  ];
  for (const written of [
    ...spellings,
    'A-B-C-D-E-F-G-H-J-K-M-N-P-Q-R-S-T-V-W-X',
    code.replaceAll('-', '\u00a0'),
  ]) {
    assert.equal(normalizeCode(written), 'ABCDEFGHJKMNPQRSTVWX', written);
  }
  assert.equal(normalizeCode('ILOIL-OILOI-LOILO-ilo00'), '11011011011011011000');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const written = generateCode(() => bytes);
      assert.equal(normalizeCode(written), written.replaceAll('-', ''));
      assert.equal(normalizeCode(written.toLowerCase()), normalizeCode(written));
    }),
  );
});

test('what is no code is none', () => {
  const refused = [
    '',
    '-',
    code.slice(1),
    `${code}0`,
    code.replace('A', 'U'),
    code.replace('A', '_'),
    code.replace('A', 'Ａ'),
    // Their capitals are S and I.
    code.replace('S', '\u017f'),
    code.replace('A', '\u0131'),
  ];
  for (const written of [
    ...refused,
    code.replace('A', '٣'),
    code.replace('A', '\0'),
    code.replaceAll('-', '.'),
    code.replace('A', '😀'),
  ]) {
    assert.equal(normalizeCode(written), undefined, written);
  }
});

test('an activation URI holds the code in its fragment, and is read back', () => {
  const uri = activationUri('https://id.example.com', code);
  assert.equal(uri, `https://id.example.com/authenticator/#/activate?code=${code}`);
  assert.equal(new URL(uri).search, '', 'nothing of the code reaches a server');
  assert.deepEqual(parseActivationUri(uri), { issuer: 'https://id.example.com', code });
  assert.deepEqual(parseActivationUri(`  ${uri}\n`), { issuer: 'https://id.example.com', code });
  assert.equal(
    parseActivationUri(activationUri('http://localhost:8480', code))?.issuer,
    'http://localhost:8480',
  );
  assert.equal(parseActivationUri(uri.replace('id.example', 'ID.Example'))?.issuer, 'https://id.example.com');
});

test('a text that is no activation URI is none', () => {
  const refused = [
    '',
    code,
    'otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP',
    `https://id.example.com/authenticator/#/activate`,
    `https://id.example.com/authenticator/#/activate?code=`,
    `https://id.example.com/authenticator/#/activate?code=${code}0`,
    `https://id.example.com/authenticator/#/other?code=${code}`,
    `https://id.example.com/authenticator/#activate?code=${code}`,
    `https://id.example.com/authenticator/?code=${code}`,
    `https://id.example.com/authenticator#/activate?code=${code}`,
    `https://id.example.com/other/#/activate?code=${code}`,
    `https://id.example.com/authenticator/x/#/activate?code=${code}`,
  ];
  for (const text of refused) assert.equal(parseActivationUri(text), undefined, text);
});

test('hostile URIs: other schemes, credentials that hide the host, and whose host it really is', () => {
  const tail = `/authenticator/#/activate?code=${code}`;
  const refused = [
    `javascript:alert(1)//${tail}`,
    `data:text/html,${tail}`,
    `ftp://id.example.com${tail}`,
    `file://${tail}`,
    `blob:https://id.example.com${tail}`,
    `https://id.example.com@evil.example${tail}`,
    `https://id.example.com:pass@evil.example${tail}`,
    `https://id.example.com%2f@evil.example${tail}`,
    `//id.example.com${tail}`,
    `https://${tail}`,
  ];
  for (const text of refused) assert.equal(parseActivationUri(text), undefined, text);
  // The issuer is the host that would be asked, however the text is dressed.
  assert.equal(parseActivationUri(`https:\\\\evil.example\\@id.example.com${tail}`), undefined);
  assert.equal(
    parseActivationUri(`https://id.example.com.evil.example${tail}`)?.issuer,
    'https://id.example.com.evil.example',
  );
  assert.equal(parseActivationUri(`https://аpple.example${tail}`)?.issuer, 'https://xn--pple-43d.example');
});
