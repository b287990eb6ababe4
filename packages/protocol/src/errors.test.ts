import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors, type ErrorCode } from './errors.ts';

const entries = Object.entries(errors) as [ErrorCode, readonly [number, string]][];

test('every code is a plain lower-case name, and every status one that a client acts on', () => {
  const statuses = new Set([400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 423, 429, 500, 503]);
  for (const [code, [status]] of entries) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(statuses.has(status), `${code}: ${status}`);
  }
});

test('no two codes say the same, and each says it in a sentence', () => {
  const sentences = entries.map(([, [, sentence]]) => sentence);
  assert.equal(new Set(sentences).size, sentences.length);
  for (const sentence of sentences) assert.match(sentence, /^[A-Z].*\.$/);
});

test('the codes and statuses that docs/protocol.md promises to a phone', () => {
  const promised: Partial<Record<ErrorCode, number>> = {
    malformed: 400,
    invalid_proof: 401,
    invalid_registration: 401,
    invalid_answer: 401,
    authenticator_pending: 403,
    user_verification_required: 403,
    user_verification_failed: 403,
    transfer_disabled: 403,
    not_found: 404,
    activation_not_found: 404,
    request_not_found: 404,
    method_not_allowed: 405,
    key_in_use: 409,
    request_already_answered: 409,
    activation_expired: 410,
    activation_used: 410,
    request_expired: 410,
    too_large: 413,
    unsupported_media_type: 415,
    wrong_number: 422,
    push_locked: 423,
    too_many_requests: 429,
    internal: 500,
    unavailable: 503,
  };
  for (const [code, status] of Object.entries(promised))
    assert.equal(errors[code as ErrorCode][0], status, code);
});

test('the codes and statuses that browsers and other clients act on', () => {
  const promised: Partial<Record<ErrorCode, number>> = {
    no_session: 401,
    invalid_credentials: 401,
    origin_not_allowed: 403,
    forbidden: 403,
    step_up_required: 403,
    enrollment_required: 403,
    password_change_required: 403,
    no_allowed_factor: 403,
    policy_denied: 403,
    policy_locks_out: 409,
    policy_changed: 412,
    changed_meanwhile: 412,
    push_disabled: 403,
    verification_key_exists: 409,
    setup_not_found: 404,
    invitation_not_found: 404,
    authentication_over: 409,
    not_ready: 409,
    already_complete: 409,
    factor_not_offered: 409,
    push_pending: 409,
    login_taken: 409,
    last_owner: 409,
    setup_done: 410,
    invitation_expired: 410,
    invitation_used: 410,
    wrong_code: 422,
    code_already_used: 422,
    weak_password: 422,
    factor_locked: 423,
  };
  for (const [code, status] of Object.entries(promised))
    assert.equal(errors[code as ErrorCode][0], status, code);
});
