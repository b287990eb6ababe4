import { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** Reads QR codes. Loaded when the scanner is first opened; its WebAssembly comes from this server, never from elsewhere. */

prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
const detector = new BarcodeDetector({ formats: ['qr_code'] });

/** The texts of the QR codes in a picture or a frame; empty where there are none. */
export const readQrCodes = async (image: ImageBitmapSource): Promise<string[]> =>
  (await detector.detect(image)).map(({ rawValue }) => rawValue);
