import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../platform/environment.ts';
import { readMigrations } from '../platform/store/migrate.ts';
import { migrations as folder } from '../platform/store/open.ts';
import { checkBackup, type Checked } from './check.ts';
import { createBackup } from './create.ts';
import { restoreBackup } from './restore.ts';

/** The commands `backup` and `restore`. */

export async function backupCommand(environment: Environment, file: string): Promise<void> {
  const rows = await createBackup(environment, file, productVersion());
  process.stdout.write(
    `${summary(rows)} are in ${file}. The secret that opens what is sealed in it is not: keep that elsewhere.\n`,
  );
}

/** Needs no settings: it may run anywhere. */
export async function verifyBackupCommand(file: string): Promise<void> {
  const { header, migrations, rows } = await checkBackup(file, await readMigrations(folder));
  process.stdout.write(
    `${file} is whole: ${summary(rows)}, of ${header.created_at}, from Countersign ${header.product} on ${header.engine}, schema ${migrations.at(-1)?.name ?? 'none'}.\n`,
  );
}

export async function restoreCommand(
  environment: Environment,
  file: string,
  options: { replace: boolean },
): Promise<void> {
  const checked: Checked = await restoreBackup(environment, file, options);
  process.stdout.write(`${summary(checked.rows)} of ${checked.header.created_at} are in the store.\n`);
}

function summary(rows: Record<string, number>): string {
  const counts = Object.values(rows);
  return `${counts.reduce((sum, count) => sum + count, 0)} rows of ${counts.length} tables`;
}

function productVersion(): string {
  const file = join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
