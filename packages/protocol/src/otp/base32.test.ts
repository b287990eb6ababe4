import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase32, encodeBase32 } from './base32.ts';

test('what is encoded decodes to the same bytes, however it is written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = encodeBase32(bytes);
      assert.match(text, /^[A-Z2-7]*$/);
      const grouped = text.toLowerCase().replace(/.{4}/g, '$& ');
      for (const written of [text, grouped, text.padEnd(Math.ceil(text.length / 8) * 8, '=')]) {
        assert.deepEqual(decodeBase32(written), new Uint8Array(bytes), written);
      }
    }),
    { numRuns: 1000 },
  );
});

test('any text of the alphabet gives every whole byte that it holds, or nothing at all', () => {
  const characters = fc.string({
    unit: fc.constantFrom(...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')),
    maxLength: 40,
  });
  fc.assert(
    fc.property(characters, (text) => {
      const bytes = decodeBase32(text);
      if ([1, 3, 6].includes(text.length % 8)) return assert.equal(bytes, undefined);
      // All but what is left of the last character is there again.
      const whole = Math.floor((bytes!.length * 8) / 5);
      assert.equal(encodeBase32(bytes!).slice(0, whole), text.slice(0, whole));
      assert.equal(encodeBase32(bytes!).length, text.length);
    }),
    { numRuns: 1000 },
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      decodeBase32(text);
    }),
    { numRuns: 1000 },
  );
});
