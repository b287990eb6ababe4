/** The encrypted backup of an authenticator's accounts. */
export { describeBackup, openBackup, sealBackup, type BackupOptions, type BackupProblem } from './backup.ts';
