/** WebAuthn: responses of every form. None throws, and none that was changed proves anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { decodeBase64url, sha256Base64url } from '@countersign/protocol';
import type { AuthenticatorRow } from '../../apps/server/src/authenticators/store.ts';
import { verifyAssertion, verifyCreation } from '../../apps/server/src/authenticators/verification-key.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';
import { corpus, hold } from './support/hold.ts';
import { editedBytes, editedJson, editedText, oddJson } from './support/inputs.ts';

const issuer = 'https://id.example.com';
const ceremony = { rpId: 'id.example.com', origin: issuer };
const challenge = 'q83vEjRWeJCrze8SNFZ4kA';
const signedText = 'header.claims.signature';

type Response = { id: string; response: Record<string, string | string[]> };

const key = new SoftwareVerificationKey();
const creation = key.register({ ...ceremony, challenge }) as Response;
const enrolled = (await verifyCreation(creation, challenge, issuer))!;
const row = {
  webauthn_credential_id: enrolled.credentialId,
  webauthn_public_key: enrolled.publicKey,
  webauthn_counter: 0,
} as AuthenticatorRow;
const assertion = key.assert({ ...ceremony, challenge: await sha256Base64url(signedText) }) as Response;

/** The response with one of its binary members changed byte by byte. */
const withBytes = (whole: Response, member: string): fc.Arbitrary<object> =>
  editedBytes(Buffer.from(whole.response[member] as string, 'base64url')).map((bytes) => ({
    ...whole,
    response: { ...whole.response, [member]: Buffer.from(bytes).toString('base64url') },
  }));

/** The response with its client data changed as JSON, which a hostile app can do as it likes. */
const withClientData = (whole: Response): fc.Arbitrary<object> => {
  const data = JSON.parse(
    Buffer.from(whole.response.clientDataJSON as string, 'base64url').toString(),
  ) as object;
  return editedJson(data).map((edited) => ({
    ...whole,
    response: {
      ...whole.response,
      clientDataJSON: Buffer.from(JSON.stringify(edited)).toString('base64url'),
    },
  }));
};

const responsesLike = (whole: Response) =>
  fc.oneof(
    editedJson(whole),
    withClientData(whole),
    ...Object.keys(whole.response)
      .filter((member) => typeof whole.response[member] === 'string')
      .map((member) => withBytes(whole, member)),
    editedText(JSON.stringify(whole)).map((text) => {
      try {
        return Object(JSON.parse(text)) as object;
      } catch {
        return {};
      }
    }),
    oddJson.map((value) => Object(value) as object),
    fc.record({ id: fc.constant(enrolled.credentialId), response: oddJson }, { requiredKeys: [] }),
  );

/** In hexadecimal; of a response that was accepted it is canonical base64url. */
function bytesOf(response: object, member: string): string {
  const bytes = decodeBase64url((response as Response).response[member] as string);
  assert.ok(bytes, `${member} is not canonical`);
  return Buffer.from(bytes).toString('hex');
}

test('an assertion with anything changed that is signed proves nothing', () =>
  hold(
    { inputs: responsesLike(assertion), first: corpus<object>('webauthn'), runs: 1500 },
    async (response) => {
      const verified = await verifyAssertion(response, signedText, row, issuer);
      if (verified === undefined) return;
      assert.deepEqual(verified, { counter: 1 });
      assert.equal((response as { id: string }).id, enrolled.credentialId);
      // A signature can be written in several ways (RFC 3279); what it signs cannot.
      for (const member of ['clientDataJSON', 'authenticatorData']) {
        assert.equal(bytesOf(response, member), bytesOf(assertion, member), member);
      }
    },
  ));

test('an assertion proves one text, for one key, and above its counter only', () =>
  hold({ inputs: editedText(signedText), runs: 300 }, async (text) => {
    const verified = await verifyAssertion(assertion, text, row, issuer);
    assert.equal(verified !== undefined, text === signedText);
    assert.equal(
      await verifyAssertion(assertion, signedText, { ...row, webauthn_counter: 1 }, issuer),
      undefined,
    );
  }));

/** Flags of authenticator data (WebAuthn Level 3, section 6.1). */
const userPresentAndVerified = 0b101;

test('a registration response is taken only over this challenge, from this origin, with UV, and its key is usable', () =>
  hold(
    { inputs: responsesLike(creation), first: corpus<object>('webauthn'), runs: 1500 },
    async (response) => {
      const taken = await verifyCreation(response, challenge, issuer);
      if (taken === undefined) return;
      const client = JSON.parse(Buffer.from(bytesOf(response, 'clientDataJSON'), 'hex').toString()) as object;
      const { type, challenge: answered, origin } = client as Record<string, unknown>;
      assert.deepEqual([type, answered, origin], ['webauthn.create', challenge, issuer]);
      assert.ok(decodeBase64url(taken.credentialId), 'the id is canonical base64url');
      assert.ok(decodeBase64url(taken.publicKey)?.length);
      assert.ok(Number.isInteger(taken.counter) && taken.counter >= 0 && taken.counter < 2 ** 32);
      const changed = {
        ...row,
        webauthn_credential_id: taken.credentialId,
        webauthn_public_key: taken.publicKey,
      };
      await verifyAssertion({ ...assertion, id: taken.credentialId }, signedText, changed, issuer);
    },
  ));

test('authenticator data for another relying party, or without UP and UV, registers nothing', () => {
  const data = Buffer.from(creation.response.attestationObject as string, 'base64url');
  const start = data.indexOf(createHash('sha256').update(ceremony.rpId).digest());
  return hold({ inputs: editedBytes(data.subarray(start, start + 33)), runs: 500 }, async (bytes) => {
    // A head of another length would move everything behind it; that is the test above.
    if (bytes.length !== 33) return;
    const edited = Buffer.concat([data.subarray(0, start), bytes, data.subarray(start + 33)]);
    const response = {
      ...creation,
      response: { ...creation.response, attestationObject: edited.toString('base64url') },
    };
    const taken = await verifyCreation(response, challenge, issuer);
    const sameParty = Buffer.from(bytes)
      .subarray(0, 32)
      .equals(data.subarray(start, start + 32));
    if (taken) assert.ok(sameParty && (bytes[32]! & userPresentAndVerified) === userPresentAndVerified);
  });
});
