import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64url, encodeBase64url } from './base64url.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('the samples of RFC 4648 section 10, without padding', () => {
  const samples = {
    '': '',
    f: 'Zg',
    fo: 'Zm8',
    foo: 'Zm9v',
    foob: 'Zm9vYg',
    fooba: 'Zm9vYmE',
    foobar: 'Zm9vYmFy',
  };
  for (const [plain, encoded] of Object.entries(samples)) {
    assert.equal(encodeBase64url(bytes(plain)), encoded);
    assert.deepEqual(decodeBase64url(encoded), bytes(plain));
  }
});

test('the sample of RFC 7515 appendix C uses both characters of the URL alphabet', () => {
  const sample = Uint8Array.of(3, 236, 255, 224, 193);
  assert.equal(encodeBase64url(sample), 'A-z_4ME');
  assert.deepEqual(decodeBase64url('A-z_4ME'), sample);
});

test('what is decoded is what was encoded, and there is one text for each value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
      assert.deepEqual(decodeBase64url(encodeBase64url(value)), new Uint8Array(value));
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('AQZgw_-019=+/ ')), maxLength: 9 }),
      (text) => {
        const value = decodeBase64url(text);
        assert.ok(value === undefined || encodeBase64url(value) === text, `a second spelling: ${text}`);
      },
    ),
  );
});

test('what is not base64url is refused', () => {
  const refused = {
    padding: ['Zg==', 'Zm8=', 'Zm9v=', '='],
    'the other alphabet': ['A+z_4ME', 'A-z/4ME'],
    'white space': ['Zm9v Yg', 'Zm9v\n', ' Zm9v'],
    'a length that no bytes have': ['Z', 'Zm9vY'],
    'stray bits at the end': ['Zh', 'Zm9', 'A-z_4MF', '_x'],
    'anything else': ['Zm9\0', 'Zm9é', 'Zm9v.', 'Ｚg', '𝐙g', 'Zg\ud800'],
  };
  for (const [what, texts] of Object.entries(refused)) {
    for (const text of texts)
      assert.equal(decodeBase64url(text), undefined, `${what}: ${JSON.stringify(text)}`);
  }
});
