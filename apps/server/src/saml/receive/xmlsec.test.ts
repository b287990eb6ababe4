import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  authnRequest,
  circumstances,
  enveloped,
  exclusive,
  keys,
  postForm,
  registered,
  rsaSha256,
} from '../../../../../tests/support/saml.ts';
import { admitAuthnRequest } from './authn-request.ts';
import { openPost } from './open.ts';

/** Requests that another implementation than xml-crypto signed, in forms that service providers use. */

const isInstalled = spawnSync('xmlsec1', ['--version']).error === undefined;
const skip = isInstalled ? false : 'xmlsec1 is not installed (Debian: apt-get install xmlsec1)';
const folder = mkdtempSync(join(tmpdir(), 'countersign-saml-'));
after(() => rmSync(folder, { recursive: true }));

function signedByXmlsec(
  xml: string,
  shape: { algorithm?: string; digest?: string; prefixes?: string },
): string {
  const { algorithm = rsaSha256, digest = 'http://www.w3.org/2001/04/xmlenc#sha256', prefixes } = shape;
  const list =
    prefixes === undefined
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${prefixes}"/>`;
  const template =
    `</saml:Issuer>\n  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#">\n    <SignedInfo>` +
    `<CanonicalizationMethod Algorithm="${exclusive}"/><SignatureMethod Algorithm="${algorithm}"/>` +
    `<Reference URI="#_request"><Transforms><Transform Algorithm="${enveloped}"/>` +
    `<Transform Algorithm="${exclusive}">${list}</Transform></Transforms>` +
    `<DigestMethod Algorithm="${digest}"/><DigestValue/></Reference></SignedInfo><SignatureValue/></Signature>\n`;
  const [request, key] = [join(folder, 'request.xml'), join(folder, 'key.pem')];
  writeFileSync(request, xml.replace('</saml:Issuer>', template));
  writeFileSync(key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const id = ['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest'];
  const { status, stdout, stderr } = spawnSync('xmlsec1', ['--sign', ...id, '--privkey-pem', key, request], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

test('requests signed by xmlsec1 are admitted, in each form that is taken', { skip }, async () => {
  const more = 'http://www.w3.org/2001/04/xmldsig-more#';
  for (const shape of [
    {},
    { algorithm: `${more}rsa-sha384`, digest: `${more}sha384` },
    { algorithm: `${more}rsa-sha512`, digest: 'http://www.w3.org/2001/04/xmlenc#sha512' },
    { prefixes: 'saml xs' },
  ]) {
    const xml = authnRequest({
      attributes: ' xmlns:xs="http://www.w3.org/2001/XMLSchema" ForceAuthn="true"',
      content: '\n  <samlp:NameIDPolicy AllowCreate="true"/>\n',
    });
    const signed = signedByXmlsec(xml, shape);
    const opened = openPost(postForm(signed));
    const request = await admitAuthnRequest(opened, registered(keys), circumstances());
    assert.deepEqual(
      [request.signed, request.forceAuthn, request.nameIdPolicy?.allowCreate],
      [true, true, true],
    );
    const changed = openPost(postForm(signed.replace('ForceAuthn="true"', 'ForceAuthn="false"')));
    await assert.rejects(admitAuthnRequest(changed, registered(keys), circumstances()), {
      reason: 'signature_wrong',
    });
  }
});
