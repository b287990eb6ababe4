import { inflateSync } from 'node:zlib';
import { Refusal } from '../platform/http/refusal.ts';

/**
 * Logos are decoded and encoded anew, so that nothing of an uploaded file is ever served: no script, no other format that
 * a browser might see in it, no comment. Pages make a PNG of whatever picture was chosen.
 */

/** Pixels of a side. */
const most = 256;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG (base64) as this server writes it. @throws Refusal 400 `malformed` for anything but a PNG of up to 256 × 256. */
export async function encodeLogo(base64: string): Promise<string> {
  const bytes = Buffer.from(base64, 'base64');
  const refuse = (message: string) => new Refusal('malformed', { errors: [{ path: '/png', message }] });
  // The size stands first (PNG section 11.2.1), and is looked at before anything is unpacked.
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(signature)) throw refuse('is no PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width === 0 || height === 0 || width > most || height > most) {
    throw refuse(`is not within ${most} × ${most} pixels`);
  }
  const picture = onlyPicture(bytes, (width * 8 + 1) * height);
  if (!picture) throw refuse('is a damaged PNG');
  const { decode, encode } = await import('fast-png');
  try {
    const { data, channels, depth, palette } = decode(picture, { checkCrc: true });
    if (palette || depth !== 8) throw refuse('is of a kind that is not used here: 8 bits a channel');
    return Buffer.from(encode({ width, height, data, channels, depth })).toString('base64');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // The library throws for each way in which a file can be broken.
    throw refuse('is a damaged PNG');
  }
}

/**
 * Header and picture, without the other chunks, of which some are compressed too. Undefined where there is not one whole
 * after the other, or where the picture would unpack to more than `mostUnpacked` bytes: a few kilobytes may be gigabytes.
 */
function onlyPicture(bytes: Buffer, mostUnpacked: number): Buffer | undefined {
  const kept: Buffer[] = [];
  const data: Buffer[] = [];
  for (let at = signature.length, type = ''; type !== 'IEND';) {
    if (at + 12 > bytes.length) return undefined;
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    type = bytes.toString('latin1', at + 4, at + 8);
    if (['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type)) kept.push(bytes.subarray(at, end));
    if (type === 'IDAT') data.push(bytes.subarray(at + 8, end - 4));
    at = end;
  }
  try {
    inflateSync(Buffer.concat(data), { maxOutputLength: mostUnpacked });
  } catch {
    return undefined;
  }
  return Buffer.concat([signature, ...kept]);
}
