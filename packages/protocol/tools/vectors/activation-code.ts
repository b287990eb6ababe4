import { activationUri } from '../../src/activation/code.ts';
import { issuer } from '../sample-request.ts';

const written = 'ABCDE-FGHJK-MNPQR-STVWX';
const normalized = 'ABCDEFGHJKMNPQRSTVWX';
const uri = activationUri(issuer, written);
const code = (name: string, text: string, expected: string | null) => ({
  name,
  written: text,
  normalized: expected,
});
const noUri = (name: string, text: string) => ({ name, text, expected: null });

export const activationCode = {
  description:
    'Activation codes as people type them, and the one spelling that they all mean (null: no code). Activation URIs as a QR code holds them, and the issuer and code in them (null: not an activation URI).',
  codes: [
    code('as it is shown', written, normalized),
    code('lower case', written.toLowerCase(), normalized),
    code('without hyphens', normalized, normalized),
    code('with spaces', ` ${written.replaceAll('-', ' ')} `, normalized),
    code('I, i, L and l are 1, O and o are 0', 'ILilo-O0011-ILilo-O0011', '11110000111111000011'),
    code('19 characters', normalized.slice(1), null),
    code('21 characters', `${normalized}0`, null),
    code('a U, which is no character of the alphabet', `U${normalized.slice(1)}`, null),
    code('other signs between the groups', written.replaceAll('-', '.'), null),
    code('a long s, whose capital is an S', written.replace('S', '\u017f'), null),
    code('nothing', '', null),
  ],
  uris: [
    { name: 'an activation URI', text: uri, expected: { issuer, code: written } },
    {
      name: 'with a port, white space around it',
      text: ` ${activationUri('http://localhost:8480', written)}\n`,
      expected: { issuer: 'http://localhost:8480', code: written },
    },
    noUri('the code in the query, where logs would keep it', `${issuer}/authenticator/?code=${written}`),
    noUri('another path', uri.replace('/authenticator/', '/other/')),
    noUri('another act', uri.replace('#/activate', '#/other')),
    noUri('no code', uri.slice(0, uri.indexOf('='))),
    noUri('a code that is none', `${uri}0`),
    noUri('a user name that hides the host', uri.replace('id.example.com', 'id.example.com@evil.example')),
    noUri('a script', `javascript:alert(1)//${uri}`),
    noUri('a secret for one-time codes', 'otpauth://totp/Acme:zoe?secret=JBSWY3DPEHPK3PXP'),
    noUri('a code alone', written),
  ],
};
