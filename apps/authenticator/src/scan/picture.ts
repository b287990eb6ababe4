import { SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';

/** Larger pictures are no screenshots of a code; decoding one could take all of a phone's memory. */
const largest = 25_000_000;
/** Pixels of the longer side that are enough to find a code. */
const enough = 2_400;

/** Reads the QR codes of a picture, such as a screenshot. @throws SaidError where there is none */
export async function readPicture(file: File): Promise<string[]> {
  if (file.size > largest) throw new SaidError(t.add.pictureTooLarge);
  let image: ImageBitmap;
  try {
    image = await smaller(await createImageBitmap(file));
  } catch {
    throw new SaidError(t.add.notPicture);
  }
  const { readQrCodes } = await loadScanner();
  const texts = await readQrCodes(image);
  image.close();
  if (texts.length === 0) throw new SaidError(t.add.noCode);
  return texts;
}

async function smaller(image: ImageBitmap): Promise<ImageBitmap> {
  const scale = enough / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const resized = await createImageBitmap(image, {
    resizeWidth: Math.round(image.width * scale),
    resizeHeight: Math.round(image.height * scale),
    resizeQuality: 'high',
  });
  image.close();
  return resized;
}

/** The scanner is loaded when it is first needed. @throws SaidError without a connection */
export async function loadScanner() {
  try {
    return await import('./decode.ts');
  } catch (error) {
    throw new SaidError(t.add.scannerOffline, { cause: error });
  }
}
