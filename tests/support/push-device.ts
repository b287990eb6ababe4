import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

/** The browser's half of Web Push: a subscription, and the keys that open what is sent to it (RFC 8291). */
export interface PushDevice {
  /** PushSubscriptionJSON */
  readonly subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
  decrypt(message: Buffer): string;
}

export function createPushDevice(endpoint: string): PushDevice {
  const device = createECDH('prime256v1');
  device.generateKeys();
  const auth = randomBytes(16);
  return {
    subscription: {
      endpoint,
      keys: { p256dh: device.getPublicKey().toString('base64url'), auth: auth.toString('base64url') },
    },
    /** RFC 8291 section 3.4 and RFC 8188: aes128gcm with one record. */
    decrypt(message) {
      const salt = message.subarray(0, 16);
      const sender = message.subarray(21, 21 + message[20]!);
      const sealed = message.subarray(21 + message[20]!);
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), device.getPublicKey(), sender]);
      const secret = Buffer.from(hkdfSync('sha256', device.computeSecret(sender), auth, info, 32));
      const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16));
      const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12));
      const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
      const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
      return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
    },
  };
}
