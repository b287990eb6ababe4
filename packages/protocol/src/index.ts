/**
 * The authenticator protocol, both ends of it: pure functions on WebCrypto, for browsers, service workers and Node.
 * Read docs/protocol.md first. What is signed is signed and verified in one file: proof/proof.ts (every call),
 * activation/registration.ts (enrolling), push/answer.ts (approving and denying).
 */
export { decodeBase64url, encodeBase64url } from './base64url.ts';
export { canonicalJson } from './canonical-json.ts';
export { equalInConstantTime, sha256, sha256Base64url } from './hash.ts';
export { isJsonObject, parseStrictJson, parseStrictJsonBytes, type JsonValue } from './json.ts';
export { parseJws, signJws, verifyJws, type ParsedJws } from './jws.ts';
export {
  exportPresenceJwk,
  generatePresenceKey,
  presenceThumbprint,
  readPresenceJwk,
  type PresenceJwk,
} from './presence-key.ts';
export { usePrimitives, type Primitives } from './primitives.ts';
export { issuedAtTolerance } from './time.ts';
export { proofLifetime, signProof, verifyProof, type ProvenCall } from './proof/proof.ts';
export { activationUri, generateCode, normalizeCode, parseActivationUri } from './activation/code.ts';
export {
  readDevice,
  readPushSubscription,
  signRegistration,
  verifyRegistration,
  type RegistrationClaims,
} from './activation/registration.ts';
export { generateNumber, isNumberOfLength } from './push/number-match.ts';
export { requestDigest, type DigestedRequest } from './push/request.ts';
export {
  signAnswer,
  verifyAnswer,
  type AnswerClaims,
  type AnswerVerification,
  type Decision,
} from './push/answer.ts';
export { errors, type ErrorCode } from './errors.ts';
