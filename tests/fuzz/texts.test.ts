/** The parsers of texts: strict JSON, base64url, codes, activation links, device descriptions and subscriptions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  activationUri,
  canonicalJson,
  decodeBase64url,
  encodeBase64url,
  generateCode,
  isJsonObject,
  normalizeCode,
  parseActivationUri,
  parseStrictJson,
  parseStrictJsonBytes,
  readDevice,
  readPresenceJwk,
  readPushSubscription,
  type JsonValue,
} from '@countersign/protocol';
import { corpus, hold } from './support/hold.ts';
import { editedBytes, editedJson, editedText, oddJson, oddText } from './support/inputs.ts';

/** Members, depth and the rest, counted on the parsed value: another way to the rules than the product's. */
function survey(value: unknown, depth = 0): { members: number; good: boolean } {
  if (typeof value === 'string') return { members: 0, good: value.isWellFormed() && !value.includes('\0') };
  if (typeof value === 'number') return { members: 0, good: Number.isFinite(value) };
  if (typeof value !== 'object' || value === null) return { members: 0, good: true };
  const names = Array.isArray(value) ? [] : Object.keys(value);
  const inside = Object.values(value).map((member) => survey(member, depth + 1));
  return {
    members: names.length + inside.reduce((sum, { members }) => sum + members, 0),
    good:
      depth < 16 &&
      names.every((name) => survey(name).good && name !== '__proto__') &&
      inside.every(({ good }) => good),
  };
}

function isAllowed(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  const { members, good } = survey(value);
  // Outside of strings a colon belongs to one member; a duplicate leaves fewer members than colons.
  const colons = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
  return good && members === colons;
}

const jsonText = fc.oneof(
  oddJson.map((value) => JSON.stringify(value)),
  oddJson.chain((value) => editedText(JSON.stringify(value, undefined, 1))),
  fc.constantFrom(...corpus<string>('json')).chain(editedText),
  oddText,
);

test('strict JSON takes exactly what breaks no rule, and reads it as JSON.parse does', () =>
  hold({ inputs: jsonText, first: corpus<string>('json'), runs: 6000 }, (text) => {
    const value = parseStrictJson(text);
    assert.equal(value !== undefined, isAllowed(text), text);
    if (value !== undefined) assert.deepEqual(value, JSON.parse(text));
  }));

test('what strict JSON took has one canonical form, which strict JSON takes again', () =>
  hold({ inputs: jsonText, first: corpus<string>('json'), runs: 3000 }, (text) => {
    const value = parseStrictJson(text);
    if (value === undefined) return;
    const canonical = canonicalJson(value);
    const again = parseStrictJson(canonical);
    assert.ok(again !== undefined, canonical);
    assert.equal(canonicalJson(again), canonical);
    assert.equal(canonicalJson(shuffled(value)), canonical, 'the order of names does not count');
  }));

const shuffled = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).toReversed();
  return Object.fromEntries(members.map(([name, member]) => [name, shuffled(member)]));
};

test('canonical JSON throws a TypeError for what is no JSON, and nothing else', () =>
  hold({ inputs: fc.anything({ withBigInt: true, withDate: true }), runs: 1500 }, (value) => {
    try {
      assert.equal(typeof canonicalJson(value as JsonValue), 'string');
    } catch (error) {
      assert.ok(error instanceof TypeError, String(error));
    }
  }));

test('bytes that are no UTF-8 are no JSON', () =>
  hold(
    {
      inputs: fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        jsonText.chain((text) => editedBytes(new TextEncoder().encode(text))),
      ),
      first: corpus<number[]>('json-bytes').map((bytes) => Uint8Array.from(bytes)),
      runs: 3000,
    },
    (bytes) => {
      const text = Buffer.from(bytes).toString('utf8');
      const isUtf8 = Buffer.from(text).equals(bytes);
      assert.deepEqual(parseStrictJsonBytes(bytes), isUtf8 ? parseStrictJson(text) : undefined);
    },
  ));

test('base64url: one text for each value, and each value back', async () => {
  const alphabet = fc.string({ unit: fc.constantFrom(...Array.from('AZaz09-_QgwBCD')), maxLength: 12 });
  const inputs = fc.oneof(alphabet, oddText, alphabet.chain(editedText));
  await hold({ inputs, first: corpus<string>('base64url'), runs: 6000 }, (text) => {
    const bytes = decodeBase64url(text);
    if (bytes === undefined) {
      // Node's own decoder is lax; where its reading gives the text again, the text was canonical.
      assert.notEqual(Buffer.from(text, 'base64url').toString('base64url'), text);
    } else assert.equal(encodeBase64url(bytes), text);
  });
  await hold({ inputs: fc.uint8Array({ maxLength: 70 }), runs: 1000 }, (bytes) => {
    const text = encodeBase64url(bytes);
    assert.equal(text, Buffer.from(bytes).toString('base64url'));
    assert.deepEqual([...decodeBase64url(text)!], [...bytes]);
  });
});

const code = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => generateCode(() => Uint8Array.from(bytes)));

test('a code is read only from its alphabet, and its normal form is normal', () =>
  hold(
    { inputs: fc.oneof(code, code.chain(editedText), oddText), first: corpus<string>('codes'), runs: 6000 },
    (written) => {
      const normal = normalizeCode(written);
      const letters = written.replace(/[\s-]/g, '');
      const isCode = /^[0-9A-TV-Za-tv-z]{20}$/.test(letters);
      assert.equal(normal !== undefined, isCode, written);
      if (normal === undefined) return;
      assert.match(normal, /^[0-9A-HJKMNP-TV-Z]{20}$/);
      assert.equal(normalizeCode(normal), normal);
      assert.equal(normalizeCode(written.toLowerCase()), normal);
    },
  ));

test('an activation link is read as what it was made of, and nothing else throws', async () => {
  const issuer = fc.constantFrom(
    'https://id.example.com',
    'http://localhost:8480',
    'https://[::1]:1',
    'https://xn--e1afmkfd.example',
  );
  await hold({ inputs: fc.tuple(issuer, code), runs: 300 }, ([from, given]) => {
    assert.deepEqual(parseActivationUri(activationUri(from, given)), { issuer: from, code: given });
  });
  const link = fc.tuple(issuer, code).map(([from, given]) => activationUri(from, given));
  await hold(
    {
      inputs: fc.oneof(link.chain(editedText), oddText, fc.webUrl({ withFragments: true })),
      first: corpus<string>('activation-links'),
      runs: 4000,
    },
    (text) => {
      const found = parseActivationUri(text);
      if (found === undefined) return;
      assert.ok(normalizeCode(found.code));
      assert.equal(new URL(found.issuer).origin, found.issuer);
      assert.match(found.issuer, /^https?:/);
      // Read again from its own parts it is the same.
      const again = activationUri(found.issuer, normalizeCode(found.code)!);
      assert.deepEqual(parseActivationUri(again), { ...found, code: normalizeCode(found.code)! });
    },
  );
});

const device = { name: 'Zoë’s phone', platform: 'android', model: 'Pixel 8', app_version: '1.2.3' };
const subscription = {
  endpoint: 'https://push.example/abc',
  keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
};
const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };

test('descriptions of devices, subscriptions and keys: read as they are, reduced, or refused', async () => {
  const readers: { read: (value: unknown) => unknown; good: object; corpusName: string }[] = [
    { read: readDevice, good: device, corpusName: 'devices' },
    { read: readPushSubscription, good: subscription, corpusName: 'subscriptions' },
    { read: readPresenceJwk, good: jwk, corpusName: 'keys' },
  ];
  for (const { read, good, corpusName } of readers) {
    assert.deepEqual(read({ ...good, more: 1 }), good);
    const inputs: fc.Arbitrary<unknown> = fc.oneof(editedJson(good), oddJson);
    await hold({ inputs, first: corpus<unknown>(corpusName), runs: 2000 }, (value) => {
      const found = read(value);
      if (found === undefined || found === null) return;
      for (const name of Object.keys(found)) assert.ok(name in good, `${name} was let through`);
      assert.deepEqual(read(found), found);
    });
  }
});
