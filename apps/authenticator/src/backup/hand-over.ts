/**
 * Hands a file to the device: by the system's share sheet on phones, which offers their places for files, else as a
 * download. `cancelled`: the person closed the sheet. `needs_tap`: the sheet opens only right after a tap, and the last
 * one was too long ago.
 */
export type HandedOver = 'shared' | 'downloaded' | 'cancelled' | 'needs_tap';

export async function handOver(file: File): Promise<HandedOver> {
  if (!isPhone() || !navigator.canShare?.({ files: [file] })) return download(file);
  // Older browsers have no way to ask.
  if ('userActivation' in navigator && !navigator.userActivation.isActive) return 'needs_tap';
  try {
    await navigator.share({ files: [file] });
    return 'shared';
  } catch (error) {
    if ((error as DOMException).name === 'AbortError') return 'cancelled';
    // Some systems share files, but not of this type.
    return download(file);
  }
}

/** The name that the file is given is the system's to keep or change. */
export function download(file: File): 'downloaded' {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser reads it in its own time.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return 'downloaded';
}

/** On computers a share sheet is no place to keep a file, and tells of success as soon as it opens. */
const isPhone = (): boolean => matchMedia('(pointer: coarse)').matches;
