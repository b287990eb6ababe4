import { readFileSync } from 'node:fs';
import { release, type } from 'node:os';

/** Such as "Debian GNU/Linux 12 (bookworm)". */
export function operatingSystem(read: () => string = () => readFileSync('/etc/os-release', 'utf8')): string {
  let name: string | undefined;
  try {
    name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(read())?.[1];
  } catch {
    // There is no such file on macOS.
  }
  return (name ?? `${type()} ${release()}`).slice(0, 100);
}
