/**
 * Every stable error code, with its HTTP status and its sentence. A problem's `detail` may say more of the one case;
 * `title` is always the sentence here. Nothing else in the product makes up a code.
 */
export const errors = {
  // Any call
  malformed: [400, 'The request is not of the form that this call takes.'],
  not_found: [404, 'There is nothing at this address.'],
  method_not_allowed: [405, 'This address does not take that method.'],
  too_large: [413, 'The body is larger than 64 KiB.'],
  unsupported_media_type: [415, 'The body must be application/json.'],
  too_many_requests: [429, 'Too many tries. Wait, then try again.'],
  internal: [
    500,
    'Something went wrong on the server. The administrator finds the cause under the request id.',
  ],
  unavailable: [503, 'The server cannot do this just now. Try again shortly.'],

  // The browser's calls
  origin_not_allowed: [403, 'This call must come from a page of this server.'],
  no_session: [401, 'Nobody is signed in.'],
  forbidden: [403, 'Your role does not allow this.'],
  step_up_required: [403, 'Confirm that it is you, then try again.'],
  enrollment_required: [403, 'Set up a second factor first.'],
  password_change_required: [403, 'Choose a password of your own first.'],

  // API tokens (RFC 6750 section 3.1)
  invalid_token: [401, 'This API token is wrong, has expired or was deleted.'],
  insufficient_scope: [403, 'This API token has not the scope for this call.'],

  // Signing in
  invalid_credentials: [401, 'The login name or the password is wrong.'],
  no_allowed_factor: [403, 'None of your factors is allowed at present. Ask your administrator.'],
  policy_denied: [403, 'Your organisation does not allow this from here, or at this time.'],
  authentication_over: [409, 'This sign-in has ended. Start again.'],
  not_ready: [409, 'This sign-in still needs something from you.'],
  already_complete: [409, 'This sign-in has been completed before.'],
  factor_not_offered: [409, 'This factor cannot be used for this sign-in.'],
  push_pending: [409, 'A request is waiting on the phone already.'],
  push_locked: [423, 'A sign-in was reported as fraud. Requests from unfamiliar browsers are paused.'],
  factor_locked: [423, 'Too many wrong tries. This factor is locked for a while.'],
  wrong_code: [422, 'The code is wrong.'],
  code_already_used: [422, 'This code has been used.'],
  passkey_failed: [422, 'This passkey does not hold here.'],
  factor_exists: [409, 'This factor is set up already. Remove it first.'],
  factor_disabled: [403, 'Your organisation does not use this factor.'],

  // Authenticators and activation
  invalid_proof: [401, 'The proof of possession does not hold.'],
  authenticator_pending: [403, 'This authenticator is not active yet.'],
  push_disabled: [403, 'Mobile push is not enabled for this account.'],
  activation_not_found: [404, 'There is no such activation code.'],
  activation_expired: [410, 'This activation code has expired. Make a new one in the portal.'],
  activation_used: [410, 'This activation code has been used.'],
  invalid_registration: [401, 'The registration does not hold.'],
  key_in_use: [409, 'This key is enrolled already.'],
  user_verification_required: [403, 'Face ID, fingerprint or passcode is needed.'],
  user_verification_failed: [403, 'The proof of Face ID, fingerprint or passcode does not hold.'],
  transfer_disabled: [403, 'Your organisation does not allow moving an account to a new phone in the app.'],
  verification_key_exists: [409, 'This phone confirms with Face ID, fingerprint or passcode already.'],

  // Answering
  request_not_found: [404, 'There is no such request.'],
  request_expired: [410, 'The request has expired.'],
  request_already_answered: [409, 'The request has ended already.'],
  invalid_answer: [401, 'The answer does not hold.'],
  wrong_number: [422, 'The number is wrong. The request has ended.'],

  // Applications
  application_not_allowed: [403, 'You may not use this application. An administrator decides who may.'],

  // Hosts
  join_token_not_found: [404, 'This join token is not valid. Make a new one in the Admin Portal.'],
  clock_skew: [401, 'The clock of this host is wrong.'],
  host_revoked: [403, 'This host was revoked. An administrator decides whether it may join again.'],
  local_user_unmapped: [403, 'Nobody is known here by the name of this local user.'],
  host_login_not_allowed: [403, 'This person may not log in on this host.'],
  service_denied: [403, 'Nobody logs in on this host by this service.'],
  host_name_taken: [
    409,
    'An active host has this name already. Take another name, or revoke that host first.',
  ],
  local_user_taken: [409, 'This local user is somebody else here already.'],
  host_active: [409, 'Only a host that was revoked can be removed.'],
  host_group_not_empty: [409, 'There are hosts in this group. Move or revoke them first.'],
  host_group_name_taken: [409, 'A host group has this name already.'],

  // What two administrators do at once
  changed_meanwhile: [
    412,
    'Somebody else has changed this meanwhile. Look at what it is now, then try again.',
  ],

  // Policies
  policy_changed: [412, 'Somebody else has changed the policies meanwhile. Look at theirs, then try again.'],
  policy_locks_out: [
    409,
    'With these rules no owner could sign in to the Admin Portal. Nothing was changed.',
  ],

  // Set-up, people, passwords
  setup_not_found: [404, 'This set-up link is not valid.'],
  setup_done: [410, 'The organisation has been set up already.'],
  invitation_not_found: [404, 'This invitation is not valid.'],
  invitation_expired: [410, 'This invitation has expired. Ask for a new one.'],
  invitation_used: [410, 'This invitation has been used.'],
  too_many_webhooks: [409, 'There are as many webhooks as there may be. Remove one first.'],
  login_taken: [409, 'Somebody has this login name or e-mail address already.'],
  group_name_taken: [409, 'A group has this name already.'],
  last_owner: [409, 'The last active owner cannot be removed, suspended or given another role.'],
  weak_password: [422, 'This password is not strong enough.'],
  token_not_found: [404, 'This link is not valid.'],
  token_expired: [410, 'This link has expired. Ask for a new one.'],
  token_used: [410, 'This link has been used.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof errors;
