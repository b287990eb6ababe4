import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Base64url } from '@countersign/protocol';
import { SoftwareVerificationKey } from '../../../../tests/support/verification-key.ts';
import type { AuthenticatorRow } from './store.ts';
import { verifyAssertion, verifyCreation } from './verification-key.ts';

const issuer = 'https://id.example.com';
const ceremony = { rpId: 'id.example.com', origin: issuer };
const challenge = 'q83vEjRWeJCrze8SNFZ4kA';
const signedText = 'header.claims.signature';

/** Other spellings of base64url that a lax reader takes for the same bytes. */
const otherSpellings = (text: string) => [
  `${text}=`,
  `${text} `,
  `${text.slice(0, 4)} ${text.slice(4)}`,
  `${text}\n`,
];

test('a registration response is read in its one spelling', async () => {
  const creation = new SoftwareVerificationKey().register({ ...ceremony, challenge });
  assert.ok(await verifyCreation(creation, challenge, issuer));
  for (const member of ['clientDataJSON', 'attestationObject'] as const) {
    for (const spelling of otherSpellings(creation.response[member])) {
      const response = { ...creation, response: { ...creation.response, [member]: spelling } };
      assert.equal(await verifyCreation(response, challenge, issuer), undefined, `${member}: ${spelling}`);
    }
  }
});

test('an assertion is read in its one spelling', async () => {
  const key = new SoftwareVerificationKey();
  const enrolled = (await verifyCreation(key.register({ ...ceremony, challenge }), challenge, issuer))!;
  const row = {
    webauthn_credential_id: enrolled.credentialId,
    webauthn_public_key: enrolled.publicKey,
    webauthn_counter: enrolled.counter,
  } as AuthenticatorRow;
  const assertion = key.assert({ ...ceremony, challenge: await sha256Base64url(signedText) });
  assert.deepEqual(await verifyAssertion(assertion, signedText, row, issuer), { counter: 1 });
  for (const member of ['clientDataJSON', 'authenticatorData', 'signature'] as const) {
    for (const spelling of otherSpellings(assertion.response[member])) {
      const response = { ...assertion, response: { ...assertion.response, [member]: spelling } };
      assert.equal(
        await verifyAssertion(response, signedText, row, issuer),
        undefined,
        `${member}: ${spelling}`,
      );
    }
  }
});

test('what is no response proves nothing', async () => {
  const row = { webauthn_credential_id: 'x', webauthn_public_key: 'AA' } as AuthenticatorRow;
  for (const response of [undefined, null, [], 'x', { clientDataJSON: 7 }]) {
    assert.equal(await verifyCreation({ response }, challenge, issuer), undefined);
    assert.equal(await verifyAssertion({ id: 'x', response }, signedText, row, issuer), undefined);
  }
});

test('a phone without a verification key proves nothing by an assertion', async () => {
  const assertion = new SoftwareVerificationKey().assert({ ...ceremony, challenge: 'x' });
  const row = { webauthn_credential_id: null, webauthn_public_key: null } as AuthenticatorRow;
  assert.equal(await verifyAssertion(assertion, signedText, row, issuer), undefined);
});
