import type { AppReport } from '@countersign/protocol/wire';
import { statement } from '../platform/store/store.ts';

export type ReportRow = Omit<AppReport, 'code'> & { code: string };

/**
 * Counts up, or begins a counter where the day has fewer than `most`. Sums stop where a number could no longer be read
 * exactly.
 */
export const countReport = statement(`
  INSERT INTO app_reports (day, kind, name, platform, app_version, code, count, duration_ms)
  SELECT CAST(:day AS TEXT), CAST(:kind AS TEXT), CAST(:name AS TEXT), CAST(:platform AS TEXT),
    CAST(:app_version AS TEXT), CAST(:code AS TEXT), CAST(:count AS BIGINT), CAST(:duration_ms AS BIGINT)
  WHERE (SELECT COUNT(*) FROM app_reports r WHERE r.day = CAST(:day AS TEXT)) < CAST(:most AS BIGINT)
    OR EXISTS (
      SELECT 1 FROM app_reports r
      WHERE r.day = CAST(:day AS TEXT) AND r.kind = CAST(:kind AS TEXT) AND r.name = CAST(:name AS TEXT)
        AND r.platform = CAST(:platform AS TEXT) AND r.app_version = CAST(:app_version AS TEXT)
        AND r.code = CAST(:code AS TEXT))
  ON CONFLICT (day, kind, name, platform, app_version, code) DO UPDATE SET
    count = CASE WHEN app_reports.count > 4000000000000000 THEN app_reports.count
      ELSE app_reports.count + CAST(:count AS BIGINT) END,
    duration_ms = CASE
      WHEN CAST(:duration_ms AS BIGINT) IS NULL OR app_reports.duration_ms > 4000000000000000 THEN app_reports.duration_ms
      ELSE COALESCE(app_reports.duration_ms, 0) + CAST(:duration_ms AS BIGINT) END`);

/** Newest day first, then by their names; those after a place in that order. `kind` may be NULL for both. */
export const listReports = statement<ReportRow>(`
  SELECT r.day, r.kind, r.name, r.platform, r.app_version, r.code, r.count, r.duration_ms FROM app_reports r
  WHERE (r.day < :day OR (r.day = :day
      AND (r.kind, r.name, r.platform, r.app_version, r.code) > (:after_kind, :name, :platform, :app_version, :code)))
    AND (CAST(:kind AS TEXT) IS NULL OR r.kind = :kind) AND r.name LIKE :q
  ORDER BY r.day DESC, r.kind, r.name, r.platform, r.app_version, r.code LIMIT :limit`);

export const purgeReports = statement(`DELETE FROM app_reports WHERE day < :before`);
