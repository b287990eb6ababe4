import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';

/** A WebAuthn platform authenticator in software (W3C WebAuthn Level 3), for what a phone's would send. */

const userPresent = 0x01;
const userVerified = 0x04;
const attestedCredential = 0x40;

export interface Ceremony {
  rpId: string;
  origin: string;
  challenge: string;
  /** Whether the UV flag is set; it is unless told otherwise. */
  verified?: boolean;
}

export class SoftwareVerificationKey {
  readonly id: Buffer;
  counter = 0;
  private readonly privateKey: KeyObject;
  private readonly cosePublicKey: Buffer;

  constructor(id = randomBytes(16)) {
    this.id = id;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { x, y } = publicKey.export({ format: 'jwk' });
    // COSE_Key (RFC 9052): kty EC2, alg ES256, crv P-256, x, y
    this.cosePublicKey = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x!, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y!, 'base64url'),
    ]);
  }

  /** RegistrationResponseJSON with attestation `none`. */
  register(ceremony: Ceremony) {
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(this.id.length);
    const credential = Buffer.concat([Buffer.alloc(16), idLength, this.id, this.cosePublicKey]);
    const data = Buffer.concat([this.authenticatorData(ceremony, attestedCredential), credential]);
    const attestation = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
      // A CBOR byte string (RFC 8949 section 3.1) with two bytes of length.
      Buffer.from([0x59, data.length >> 8, data.length & 255]),
      data,
    ]);
    return this.responseOf({
      clientDataJSON: clientData('webauthn.create', ceremony).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** AuthenticationResponseJSON. */
  assert(ceremony: Ceremony) {
    this.counter += 1;
    const data = this.authenticatorData(ceremony, 0);
    const client = clientData('webauthn.get', ceremony);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return this.responseOf({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', signed, this.privateKey).toString('base64url'),
    });
  }

  private authenticatorData({ rpId, verified = true }: Ceremony, flags: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const flag = userPresent | (verified ? userVerified : 0) | flags;
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flag]), counter]);
  }

  private responseOf<R extends object>(response: R) {
    const id = this.id.toString('base64url');
    return {
      id,
      rawId: id,
      type: 'public-key',
      response,
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
    };
  }
}

const clientData = (type: string, { challenge, origin }: Ceremony): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
