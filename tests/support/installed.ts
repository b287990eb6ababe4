/** Finds the programs that tests need and that npm does not install. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The folder with `initdb` and `postgres`: the newest of Debian's, which are not in PATH, else one of PATH. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = list(debian).sort((a, b) => Number(b) - Number(a));
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...searchPath()];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => isProgram(join(folder, name))));
}

/** The first of `names` that is in PATH. */
export function findProgram(...names: string[]): string | undefined {
  return names.flatMap((name) => searchPath().map((folder) => join(folder, name))).find(isProgram);
}

/** A library that programs load when they need it, by its name without a version; the folders are those of Debian. */
export function findLibrary(name: string): string | undefined {
  const folders = ['/lib', '/usr/lib', '/usr/local/lib'].flatMap((folder) => [
    folder,
    ...list(folder)
      .filter((each) => each.endsWith('-linux-gnu'))
      .map((each) => join(folder, each)),
  ]);
  return folders
    .flatMap((folder) => list(folder).map((file) => join(folder, file)))
    .find((file) => file.includes(`/${name}.so`));
}

const searchPath = () => (process.env.PATH ?? '').split(delimiter).filter(Boolean);

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
