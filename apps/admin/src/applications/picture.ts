/** The size in which logos are kept, in pixels of a side. */
const side = 128;

/**
 * Any picture that this browser shows, as the PNG (base64) that the server takes: fitted into a square, the rest
 * see-through. @throws Error where the file is no picture.
 */
export async function pngOf(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(side, side);
  const scale = Math.min(side / picture.width, side / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const drawing = canvas.getContext('2d')!;
  drawing.imageSmoothingQuality = 'high';
  drawing.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
  const png = await canvas.convertToBlob({ type: 'image/png' });
  const bytes = new Uint8Array(await png.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
