import { readOne, write } from './database.ts';

/** Small choices and marks of this device, each under a name. @throws StorageError */
export const readPreference = async <T>(name: string): Promise<T | undefined> =>
  (await readOne('preferences', name)) as T | undefined;
/** @throws StorageError */
export const keepPreference = (name: string, value: unknown): Promise<void> =>
  write(['preferences'], async (transaction) => {
    await transaction.objectStore('preferences').put(value, name);
  });
