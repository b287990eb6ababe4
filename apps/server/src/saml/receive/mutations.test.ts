import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acsUrl,
  authnRequest,
  circumstances,
  metadataText,
  now,
  postForm,
  redirectQuery,
  registered,
  signedBy,
  keys,
} from '../../../../../tests/support/saml.ts';
import { readServiceProvider } from '../metadata/service-provider.ts';
import { SamlRefusal } from '../refusal.ts';
import { admitAuthnRequest } from './authn-request.ts';
import { openPost, openRedirect, type OpenedMessage } from './open.ts';

/** A character changed at many places, one after the other; tests/fuzz has the odder changes. */

const serviceProvider = registered(keys, { demandSignedRequests: true });
const request = authnRequest({ attributes: ` ForceAuthn="true" AssertionConsumerServiceURL="${acsUrl}"` });

function* mutations(text: string, step: number): Generator<string> {
  for (let at = 0; at < text.length; at += step) {
    for (const put of ['', '<', 'a', '"', '&', '\0', ' '])
      if (put !== text[at]) yield text.slice(0, at) + put + text.slice(at + 1);
  }
}

const refusedOr = async <Result>(read: () => Result | Promise<Result>): Promise<Result | undefined> => {
  try {
    return await read();
  } catch (error) {
    assert.ok(error instanceof SamlRefusal, String(error));
    return undefined;
  }
};
const admitted = (open: () => OpenedMessage) =>
  refusedOr(() => admitAuthnRequest(open(), serviceProvider, circumstances()));

test('a signed message with a character changed is refused by name, or says the same', async () => {
  const xml = signedBy(keys, request);
  const expected = await admitted(() => openPost(postForm(xml)));
  assert.ok(expected);
  for (const mutated of mutations(xml, 23)) {
    const found = await admitted(() => openPost(postForm(mutated)));
    if (found) assert.deepEqual(found, expected);
  }
});

test('a signed query with a character changed is refused by name, or says the same', async () => {
  const query = redirectQuery(request, keys, 'state');
  const expected = await admitted(() => openRedirect(query));
  assert.ok(expected);
  for (const mutated of mutations(query, 5)) {
    const found = await admitted(() => openRedirect(mutated));
    if (found) assert.deepEqual(found, expected);
  }
});

test('metadata with a character changed is refused by name, or read', async () => {
  for (const mutated of mutations(metadataText({ certificates: [keys.certificate] }), 7)) {
    const found = await refusedOr(() => readServiceProvider(mutated, now));
    if (found) assert.ok(found.assertionConsumerServices.length > 0);
  }
});
