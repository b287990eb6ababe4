/** The encrypted backup of an authenticator's accounts. */
export { describeBackup, openBackup, sealBackup, type BackupOptions } from './backup.ts';
export type { BackupProblem } from './envelope.ts';
