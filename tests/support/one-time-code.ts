import { createHmac } from 'node:crypto';

/** RFC 6238 once more, by Node alone, so that the app is not compared with its own code. Seconds since 1970. */
export function oneTimeCode(
  secret: Buffer,
  time: number,
  { algorithm = 'sha1', digits = 6, period = 30 } = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / period)));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = mac.at(-1)! & 15;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}
