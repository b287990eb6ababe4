/** One-time codes (HOTP, TOTP), and the URIs and secrets by which accounts of them travel. */
export type { OtpAccount, OtpAlgorithm } from './account.ts';
export { decodeBase32, encodeBase32 } from './base32.ts';
export { hotp, importOtpKey, timeStep, totp } from './codes.ts';
export { formatOtpauthUri, parseOtpauthUri, type OtpauthProblem } from './otpauth-uri.ts';
