/** Why a message or a metadata file is not taken, or cannot be written: stable words, for events and for tests. */
export type SamlReason =
  // What the text is.
  | 'too_large'
  | 'too_deep'
  | 'encoding'
  | 'not_well_formed'
  | 'several_roots'
  | 'character'
  | 'dtd'
  | 'entity'
  | 'processing_instruction'
  | 'comment'
  | 'cdata'
  | 'duplicate_id'
  // How it came.
  | 'parameter_missing'
  | 'parameter_repeated'
  | 'parameter_encoded'
  | 'relay_state_too_long'
  // Who vouches for it.
  | 'signature_missing'
  | 'signature_several'
  | 'signature_misplaced'
  | 'signature_form'
  | 'signature_reference'
  | 'signature_transform'
  | 'signature_algorithm'
  | 'signature_wrong'
  | 'key_missing'
  | 'key_unsuitable'
  | 'certificate_unreadable'
  | 'certificate_expired'
  // What it says.
  | 'kind'
  | 'value'
  | 'version'
  | 'issuer'
  | 'destination'
  | 'issue_instant'
  | 'expired'
  | 'replayed'
  | 'acs_unregistered'
  | 'acs_ambiguous'
  | 'binding_unsupported'
  // Metadata only.
  | 'role_missing'
  | 'url'
  | 'unreachable';

/** Thrown wherever SAML is refused; the message is a sentence for the administrator: what came, what was expected. */
export class SamlRefusal extends Error {
  readonly reason: SamlReason;

  constructor(reason: SamlReason, sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}

/** What came from outside, as it may stand in a sentence: short, on one line, visible. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
