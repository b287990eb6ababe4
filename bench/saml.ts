import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { selfSignedCertificate } from '../apps/server/src/saml/certificates/self-signed.ts';
import type { AssertionFacts } from '../apps/server/src/saml/issue/assertion.ts';
import { issueResponse } from '../apps/server/src/saml/issue/response.ts';
import { admitAuthnRequest } from '../apps/server/src/saml/receive/authn-request.ts';
import { openPost, openRedirect } from '../apps/server/src/saml/receive/open.ts';
import * as sample from '../tests/support/saml.ts';
import { median, type Figure } from './figures.ts';
import { cpuOf } from './sign-in.ts';

/**
 * How many SAML responses one core signs in a second, against what cannot be saved: two RSA-2048 signatures; and how
 * many signed requests it verifies.
 */

const warmUp = 2;
const rounds = 7;
const responsesInRound = 150;
const requestsInRound = 150;

export async function measureSaml(): Promise<Figure[]> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const work = pieces(privateKey);
  const costs: Record<keyof typeof work, number[]> = {
    limit: [],
    both: [],
    encrypted: [],
    post: [],
    redirect: [],
  };
  const shares: number[] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    const cost = {} as Record<keyof typeof work, number>;
    for (const name of Object.keys(work) as (keyof typeof work)[]) {
      const count = name === 'post' || name === 'redirect' ? requestsInRound : responsesInRound;
      cost[name] = await cpuOf(async () => {
        for (let i = 0; i < count; i += 1) await work[name]();
      }, count);
    }
    if (round < 0) continue;
    for (const name of Object.keys(work) as (keyof typeof work)[]) costs[name].push(1000 / cost[name]);
    shares.push((cost.limit / cost.both) * 100);
  }
  const figure = (name: string, samples: number[], more: Partial<Figure> = {}): Figure => ({
    name,
    value: median(samples),
    unit: '/s on one core',
    samples,
    ...more,
  });
  return [
    figure('the limit: two RSA-2048 signatures', costs.limit),
    figure('SAML responses, response and assertion signed', costs.both),
    figure('SAML responses against their limit', shares, { unit: '%', target: { atLeast: 85 } }),
    figure('SAML responses, signed, encrypted, signed', costs.encrypted),
    figure('signed requests by POST, verified', costs.post, { target: { atLeast: 150 } }),
    figure('signed requests by redirect, verified', costs.redirect, { target: { atLeast: 150 } }),
  ];
}

function pieces(privateKey: KeyObject) {
  const certificate = selfSignedCertificate({
    key: privateKey,
    commonName: 'bench',
    validFrom: sample.now,
    validTo: sample.now + 1,
    random: randomBytes,
  });
  const issuing = { now: sample.now, random: randomBytes, signer: { key: privateKey, certificate } };
  const facts: AssertionFacts = {
    issuer: 'https://id.example.com/saml',
    audience: sample.entityId,
    acsUrl: sample.acsUrl,
    inResponseTo: '_request',
    nameId: { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', value: 'ada' },
    sessionIndex: 'one',
    authnInstant: sample.now,
    authnContextClassRef: 'urn:countersign:aal2',
    attributes: ['mail', 'givenName', 'sn', 'groups'].map((name) => ({
      name,
      values: [name, `${name}@example.com`],
    })),
  };
  const serviceProvider = sample.registered(sample.keys, { demandSignedRequests: true });
  const form = sample.postForm(sample.signedBy(sample.keys, sample.authnRequest()));
  const query = sample.redirectQuery(sample.authnRequest(), sample.keys, 'state');
  const octets = Buffer.alloc(400, 'a');
  return {
    limit: async () => {
      sign('sha256', octets, privateKey);
      sign('sha256', octets, privateKey);
    },
    both: async () => {
      issueResponse(facts, issuing);
    },
    encrypted: async () => {
      issueResponse(facts, issuing, { encryption: { key: sample.keys.publicKey } });
    },
    post: async () => {
      await admitAuthnRequest(openPost(form), serviceProvider, sample.circumstances());
    },
    redirect: async () => {
      await admitAuthnRequest(openRedirect(query), serviceProvider, sample.circumstances());
    },
  };
}
