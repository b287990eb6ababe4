import type { OtpAccount } from '../../src/otp/account.ts';
import type { OtpauthProblem } from '../../src/otp/otpauth-uri.ts';

type Written = Omit<OtpAccount, 'secret'> & { secret: string };
const secret = 'JBSWY3DPEHPK3PXP';
const s = `secret=${secret}`;
const usual: Written = {
  type: 'totp',
  issuer: '',
  label: '',
  secret,
  algorithm: 'SHA-1',
  digits: 6,
  period: 30,
  counter: 0,
};
const found = (name: string, text: string, expected: Partial<Written>) => ({
  name,
  text,
  account: { ...usual, ...expected },
});
const none = (name: string, text: string, problem: OtpauthProblem) => ({ name, text, problem });
const acme = { issuer: 'Acme', label: 'zoe' };
const acmeUri = (parameters: string) => `otpauth://totp/Acme:zoe?${parameters}`;

const shapes = [
  // Names.
  found('the issuer in both places', `otpauth://totp/Acme:zoe?${s}&issuer=Acme`, acme),
  found('the issuer in the label only', acmeUri(s), acme),
  found('the issuer in the parameter only', `otpauth://totp/zoe?${s}&issuer=Acme`, acme),
  found('no issuer', `otpauth://totp/zoe?${s}`, { label: 'zoe' }),
  found('an empty issuer, one in the label', `otpauth://totp/Acme:zoe?${s}&issuer=`, acme),
  found('different issuers: the parameter wins', `otpauth://totp/Old:zoe?${s}&issuer=Acme`, acme),
  found('the colon encoded', `otpauth://totp/Acme%3Azoe?${s}`, acme),
  found('the colon encoded in lower case', `otpauth://totp/Acme%3azoe?${s}`, acme),
  found('a space after the colon', `otpauth://totp/Acme:%20zoe?${s}`, acme),
  found('a colon and a space, both encoded', `otpauth://totp/Acme%3A%20zoe?${s}&issuer=Acme`, acme),
  found('spaces that nobody encoded', `otpauth://totp/Acme Inc: zoe?${s}&issuer=Acme Inc`, {
    issuer: 'Acme Inc',
    label: 'zoe',
  }),
  found('an address as the label', `otpauth://totp/Acme:zoe%40example.com?${s}`, {
    issuer: 'Acme',
    label: 'zoe@example.com',
  }),
  found('a plus in the label is a plus', `otpauth://totp/Acme:zoe+home@example.com?${s}`, {
    issuer: 'Acme',
    label: 'zoe+home@example.com',
  }),
  found('a plus in the issuer is a space', `otpauth://totp/zoe?${s}&issuer=Acme+Inc`, {
    issuer: 'Acme Inc',
    label: 'zoe',
  }),
  found('an encoded plus is a plus', `otpauth://totp/zoe?${s}&issuer=Acme%2B`, {
    issuer: 'Acme+',
    label: 'zoe',
  }),
  found('a second colon is of the label', `otpauth://totp/Acme:zoe:admin?${s}`, {
    issuer: 'Acme',
    label: 'zoe:admin',
  }),
  found('a colon in the issuer', `otpauth://totp/a%3Ab:zoe?${s}&issuer=a%3Ab`, {
    issuer: 'a:b',
    label: 'zoe',
  }),
  found('nothing before the colon', `otpauth://totp/:zoe:admin?${s}`, { label: 'zoe:admin' }),
  found('nothing after the colon', `otpauth://totp/Acme:?${s}`, { issuer: 'Acme' }),
  found('a label that is the issuer', `otpauth://totp/Acme?${s}&issuer=Acme`, {
    issuer: 'Acme',
    label: 'Acme',
  }),
  found('no label', `otpauth://totp/?${s}&issuer=Acme`, { issuer: 'Acme' }),
  found('no label and no slash', `otpauth://totp?${s}&issuer=Acme`, { issuer: 'Acme' }),
  found('a slash in the label', `otpauth://totp/Acme:ou/zoe?${s}`, { issuer: 'Acme', label: 'ou/zoe' }),
  found('UTF-8, encoded', `otpauth://totp/Caf%C3%A9:zo%C3%AB?${s}`, { issuer: 'Café', label: 'zoë' }),
  found('UTF-8 as it is', `otpauth://totp/日本:花子?${s}&issuer=日本`, { issuer: '日本', label: '花子' }),
  found('an emoji', `otpauth://totp/%F0%9F%94%91:zoe?${s}`, { issuer: '🔑', label: 'zoe' }),
  found('a percent sign that encodes nothing', `otpauth://totp/Acme:100%zz?${s}`, {
    issuer: 'Acme',
    label: '100%zz',
  }),
  found('a percent sign at the end', `otpauth://totp/zoe?${s}&issuer=Acme%`, {
    issuer: 'Acme%',
    label: 'zoe',
  }),
  found('Latin-1, which stays encoded', `otpauth://totp/Caf%E9:zoe?${s}`, { issuer: 'Caf%E9', label: 'zoe' }),
  found('an ampersand in the issuer that nobody encoded', `otpauth://totp/zoe?issuer=AT&T&${s}`, {
    issuer: 'AT&T',
    label: 'zoe',
  }),
  found('a number sign in the label that nobody encoded', `otpauth://totp/C#:zoe?${s}`, {
    issuer: 'C#',
    label: 'zoe',
  }),
  found('a question mark in the label that nobody encoded', `otpauth://totp/Who?:zoe?${s}`, {
    issuer: 'Who?',
    label: 'zoe',
  }),
  // The frame.
  found('everything in capitals', `OTPAUTH://TOTP/Acme:zoe?SECRET=${secret}&ISSUER=Acme&DIGITS=8`, {
    ...acme,
    digits: 8,
  }),
  found('three slashes', `otpauth:///totp/Acme:zoe?${s}`, acme),
  found('two slashes before the label', `otpauth://totp//Acme:zoe?${s}`, acme),
  found('white space around it', `  otpauth://totp/Acme:zoe?${s}\n`, acme),
  found('&amp; for &', `otpauth://totp/zoe?${s}&amp;issuer=Acme&amp;digits=8`, { ...acme, digits: 8 }),
  found('parameters in the fragment', `otpauth://totp/Acme:zoe#${s}&digits=8`, { ...acme, digits: 8 }),
  found('half of the parameters in the fragment', `otpauth://totp/zoe?${s}#issuer=Acme`, acme),
  found('a fragment that says nothing', acmeUri(`${s}#top`), acme),
  found('an ampersand at the beginning and at the end', acmeUri(`&${s}&`), acme),
  found('a second question mark for an ampersand', acmeUri(`${s}?digits=8`), { ...acme, digits: 8 }),
  found('a parameter without a value', acmeUri(`${s}&lock`), acme),
  found(
    'unknown parameters',
    acmeUri(`image=https%3A%2F%2Fexample.com%2Fa.png&color=ff0000&${s}&lock=true`),
    acme,
  ),
  found(
    'parameters twice: the first that is not empty',
    acmeUri(`secret=&${s}&secret=AAAAAAAA&digits=8&digits=7`),
    {
      ...acme,
      digits: 8,
    },
  ),
  // Secrets.
  found('a secret in lower case', acmeUri(`secret=${secret.toLowerCase()}`), acme),
  found('a secret in groups', acmeUri('secret=jbsw%20y3dp%20ehpk%203pxp'), acme),
  found('a secret in groups, pluses between them', acmeUri('secret=JBSW+Y3DP+EHPK+3PXP'), acme),
  found('a secret with hyphens', acmeUri('secret=JBSW-Y3DP-EHPK-3PXP'), acme),
  found('a secret with padding', acmeUri('secret=MZXW6YTBOI======'), { ...acme, secret: 'MZXW6YTBOI' }),
  found('a secret with encoded padding', acmeUri('secret=MZXW6YTBOI%3D%3D%3D%3D%3D%3D&digits=6'), {
    ...acme,
    secret: 'MZXW6YTBOI',
  }),
  found('a secret with bits left over', acmeUri('secret=MZXW6YTBOJ'), { ...acme, secret: 'MZXW6YTBOI' }),
  found('a secret of one byte', acmeUri('secret=MY'), { ...acme, secret: 'MY' }),
  none('no secret', 'otpauth://totp/Acme:zoe?issuer=Acme', 'no_secret'),
  none('an empty secret', acmeUri('secret=&issuer=Acme'), 'no_secret'),
  none('a secret of padding alone', acmeUri('secret=%3D%3D%3D%3D'), 'no_secret'),
  none('a secret with a 1', acmeUri('secret=JBSWY3DPEHPK3PX1'), 'secret_not_base32'),
  none('a secret in hexadecimal', acmeUri('secret=48656c6c6f21deadbeef'), 'secret_not_base32'),
  none('a secret with a character too many', acmeUri(`${s}A`), 'secret_not_base32'),
  none('a secret that is encoded wrongly', acmeUri('secret=JBSW%zzY3DP'), 'secret_not_base32'),
  // Algorithms.
  found('sha1', acmeUri(`${s}&algorithm=sha1`), acme),
  found('SHA-1', acmeUri(`${s}&algorithm=SHA-1`), acme),
  found('HmacSHA1', acmeUri(`${s}&algorithm=HmacSHA1`), acme),
  found('no algorithm', acmeUri(`${s}&algorithm=`), acme),
  found('SHA256', acmeUri(`${s}&algorithm=SHA256`), { ...acme, algorithm: 'SHA-256' }),
  found('hmac-sha-256', acmeUri(`${s}&algorithm=hmac-sha-256`), { ...acme, algorithm: 'SHA-256' }),
  found('HMACSHA512', acmeUri(`${s}&algorithm=HMACSHA512`), { ...acme, algorithm: 'SHA-512' }),
  none('MD5', acmeUri(`${s}&algorithm=MD5`), 'unsupported_algorithm'),
  none('SHA224', acmeUri(`${s}&algorithm=SHA224`), 'unsupported_algorithm'),
  none('a name that every object has', acmeUri(`${s}&algorithm=constructor`), 'unsupported_algorithm'),
  none('the encoder of Steam', acmeUri(`${s}&encoder=steam`), 'unsupported_algorithm'),
  // Digits, periods, counters.
  found('7 digits', acmeUri(`${s}&digits=7`), { ...acme, digits: 7 }),
  found('defaults left empty', acmeUri(`${s}&digits=&period=&algorithm=`), acme),
  none('5 digits', acmeUri(`${s}&digits=5`), 'bad_digits'),
  none('9 digits', acmeUri(`${s}&digits=9`), 'bad_digits'),
  none('six digits in words', acmeUri(`${s}&digits=six`), 'bad_digits'),
  none('digits with a sign', acmeUri(`${s}&digits=%2B6`), 'bad_digits'),
  found('a period of a second', acmeUri(`${s}&period=1`), { ...acme, period: 1 }),
  found('a period of an hour', acmeUri(`${s}&period=3600`), { ...acme, period: 3600 }),
  none('a period of nothing', acmeUri(`${s}&period=0`), 'bad_period'),
  none('a period of more than an hour', acmeUri(`${s}&period=3601`), 'bad_period'),
  none('a negative period', acmeUri(`${s}&period=-30`), 'bad_period'),
  none('half a second', acmeUri(`${s}&period=0.5`), 'bad_period'),
  none('a period in exponents', acmeUri(`${s}&period=1e2`), 'bad_period'),
  found('a counter', `otpauth://hotp/Acme:zoe?${s}&counter=5`, { ...acme, type: 'hotp', counter: 5 }),
  found('a counter that is missing', `otpauth://hotp/Acme:zoe?${s}`, { ...acme, type: 'hotp' }),
  found('the highest counter', `otpauth://hotp/Acme:zoe?${s}&counter=9007199254740991`, {
    ...acme,
    type: 'hotp',
    counter: Number.MAX_SAFE_INTEGER,
  }),
  found('a period that means nothing', `otpauth://hotp/Acme:zoe?${s}&counter=1&period=x`, {
    ...acme,
    type: 'hotp',
    counter: 1,
  }),
  found('a counter that means nothing', acmeUri(`${s}&counter=-1`), acme),
  none('a counter beyond that', `otpauth://hotp/Acme:zoe?${s}&counter=9007199254740992`, 'bad_counter'),
  none('a negative counter', `otpauth://hotp/Acme:zoe?${s}&counter=-1`, 'bad_counter'),
  // What is something else.
  none('nothing', '', 'not_otpauth'),
  none('a secret alone', secret, 'not_otpauth'),
  none('a page', `https://example.com/?${s}`, 'not_otpauth'),
  none('a page of migration', 'otpauth-migration://offline?data=CgA%3D', 'not_otpauth'),
  none('the URI of Steam', `steam://${secret}`, 'not_otpauth'),
  none('the scheme alone', 'otpauth://', 'unknown_type'),
  none('the type of Steam', `otpauth://steam/Steam:zoe?${s}`, 'unknown_type'),
  none('no type', `otpauth://Acme:zoe?${s}`, 'unknown_type'),
  none('a text of more than 8192 characters', acmeUri(`${s}&x=${'a'.repeat(8192)}`), 'too_long'),
];

export const otpauth = {
  description:
    'Texts of QR codes and the account in each, or why there is none. The secret of an account is given in base32 without padding. The period of hotp and the counter of totp are the defaults, since they have none.',
  shapes,
};
