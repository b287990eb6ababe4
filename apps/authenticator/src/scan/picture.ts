/** Reads the QR code of a picture, such as a screenshot. @throws Error in words where there is none. */
export async function readPicture(file: File): Promise<string> {
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new Error('This file is not a picture that can be read.');
  }
  const { readQrCodes } = await import('./decode.ts');
  const [text] = await readQrCodes(image);
  if (text === undefined) throw new Error('No QR code was found in this picture.');
  return text;
}
