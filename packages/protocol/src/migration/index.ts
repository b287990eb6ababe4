/** Accounts of one-time codes out of other authenticators, and into them. */
export { readImport } from './import.ts';
export { writeGoogleMigration } from './google.ts';
export { writeOtpauthList } from './otpauth-list.ts';
export type {
  ImportFound,
  ImportProblem,
  ImportResult,
  ImportSource,
  Skipped,
  SkipReason,
} from './result.ts';
