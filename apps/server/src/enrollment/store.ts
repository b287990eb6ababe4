import { searchOf } from '../users/search/search.ts';
import { atOnce } from '../platform/store/many.ts';
import { statement } from '../platform/store/store.ts';

/** Dates from which somebody needs a second factor (milliseconds since 1970), and the reminders of them. */

export interface DatesRow {
  /** By themselves. */
  own: number | null;
  /** The earliest of their groups'. */
  of_groups: number | null;
}

/** Of `users u`. */
const dates = `u.mfa_required_from AS own,
  (SELECT MIN(g.mfa_required_from) FROM group_members gm JOIN user_groups g ON g.id = gm.group_id
   WHERE gm.user_id = u.id) AS of_groups`;
export const findDates = statement<DatesRow>(`SELECT ${dates} FROM users u WHERE u.id = :id`);
/** The last dates of any group and any person: by their indexes in both engines, also where there is none among a million. */
export const findLastDates = statement<{ of_groups: number | null; of_people: number | null }>(`
  SELECT (SELECT MAX(mfa_required_from) FROM user_groups WHERE mfa_required_from IS NOT NULL) AS of_groups,
    (SELECT MAX(mfa_required_from) FROM users WHERE mfa_required_from IS NOT NULL) AS of_people`);

/** Somebody active who has no second factor. */
export interface PersonWithout extends DatesRow {
  id: string;
  login: string;
  email: string;
  name: string;
  language: string | null;
  had_factor: number;
  /** Of the list: when they were added, or put into the group. */
  at: number;
  /** Their last reminder, and the last by the calendar. */
  sent_at: number | null;
  stage: string | null;
  required_from: number | null;
}

const columns = (
  at: string,
) => `u.id, u.login, u.email, u.name, u.language, u.had_factor, ${at} AS at, ${dates},
  r.sent_at, r.stage, r.required_from`;
const reminders = 'LEFT JOIN enrollment_reminders r ON r.user_id = u.id';

/** They are scattered among those who have one. */
const newest = 2_000;

/**
 * Of everybody; paged and searched as other lists of people. A column that is not named bare keeps its index out, in both
 * engines: by the index of those without a factor few rows are read.
 */
export const searchWithout = searchOf<PersonWithout>({
  columns: columns('u.created_at'),
  from: 'users u',
  where: `(u.state || '') = 'active' AND u.has_factor = 0`,
  at: 'u.created_at',
  id: 'u.id',
  join: reminders,
  newest,
});
/** Of one group. */
export const searchWithoutInGroup = searchOf<PersonWithout>({
  columns: columns('m.added_at'),
  from: 'group_members m',
  where: 'm.group_id = :group_id AND m.has_factor = 0',
  at: 'm.added_at',
  id: 'm.user_id',
  join: `CROSS JOIN users u ${reminders}`,
  on: 'u.id = m.user_id',
  newest,
});
export const findWithout = statement<PersonWithout>(`
  SELECT ${columns('u.created_at')} FROM users u ${reminders} WHERE u.id = :id AND u.state = 'active' AND u.has_factor = 0`);

/** Of active members; as many at most. */
export const countMembersByFactor = statement<{ people: number }>(`
  SELECT COUNT(*) AS people FROM (
    SELECT 1 FROM group_members WHERE group_id = :group_id AND has_factor = :has_factor LIMIT :most) found`);

export const findLastReminder = statement<{ sent_at: number }>(
  `SELECT sent_at FROM enrollment_reminders WHERE user_id = :user_id`,
);
/**
 * Claims the reminder of a stage for a date: not where the person has a factor by now or is not active, not twice, and
 * none at all where there was one after `before`.
 */
export const claimDue = statement<{ user_id: string }>(`
  INSERT INTO enrollment_reminders (user_id, sent_at, stage, required_from)
  SELECT id, CAST(:now AS BIGINT), CAST(:stage AS TEXT), CAST(:required_from AS BIGINT) FROM users
  WHERE id = :user_id AND state = 'active' AND has_factor = 0
  ON CONFLICT (user_id) DO UPDATE
    SET sent_at = excluded.sent_at, stage = excluded.stage, required_from = excluded.required_from
    WHERE enrollment_reminders.sent_at <= :before
      AND (enrollment_reminders.stage IS NULL OR enrollment_reminders.stage <> excluded.stage
        OR enrollment_reminders.required_from <> excluded.required_from)
  RETURNING user_id`);
/** The same for one that an administrator asked for: what was sent by the calendar stays noted. */
export const claimAsked = statement<{ user_id: string }>(`
  INSERT INTO enrollment_reminders (user_id, sent_at)
  SELECT id, CAST(:now AS BIGINT) FROM users WHERE id = :user_id AND state = 'active' AND has_factor = 0
  ON CONFLICT (user_id) DO UPDATE SET sent_at = excluded.sent_at WHERE enrollment_reminders.sent_at <= :before
  RETURNING user_id`);

export interface RunRow {
  id: string;
  group_id: string | null;
  cursor_at: number;
  cursor_id: string;
}

/** Nothing where it is there already. */
export const beginRun = statement<{ id: string }>(`
  INSERT INTO enrollment_reminder_runs (id, group_id, starts_at, cursor_at, cursor_id)
  VALUES (:id, :group_id, :now, :cursor_at, :cursor_id) ON CONFLICT (id) DO NOTHING RETURNING id`);
export const findRun = statement<{ id: string }>(`SELECT id FROM enrollment_reminder_runs WHERE id = :id`);
/** Takes one until `until`, so that two processes do not go through the same people. */
export const takeRun = statement<RunRow>(`
  UPDATE enrollment_reminder_runs SET taken_until = :until
  WHERE taken_until <= :now AND id = (
    SELECT id FROM enrollment_reminder_runs WHERE starts_at <= :now AND taken_until <= :now ORDER BY starts_at, id LIMIT 1)
  RETURNING id, group_id, cursor_at, cursor_id`);
/** Hands it back; the next round goes on behind the cursor, not before `starts_at`. */
export const leaveRun = statement(`
  UPDATE enrollment_reminder_runs
  SET cursor_at = :cursor_at, cursor_id = :cursor_id, starts_at = :starts_at, taken_until = 0
  WHERE id = :id AND taken_until = :until`);
export const endRun = statement(`DELETE FROM enrollment_reminder_runs WHERE id = :id`);

/** So many people are looked at in one transaction. */
export const pageSize = atOnce;
