/// <reference lib="webworker" />
import { findRequest } from '../requests/find.ts';
import { isAppLocked, mayApproveHere } from '../requests/from-notification.ts';
import { sendAnswer } from '../requests/answer.ts';
import { codeOf, ProblemError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { livingAccounts, openApp } from './app.ts';
import { show } from './push.ts';
import { restoreTexts } from './texts.ts';

/** Answers that need no more than the presence key, which the worker can use too. */

/**
 * Approves only what still may be approved without the app, by the request as the server has it now. What fails is said by
 * a notification.
 */
export async function answerHere(id: string, decision: 'approve' | 'deny'): Promise<void> {
  await restoreTexts();
  try {
    const known = await findRequest(await livingAccounts(), id);
    if (!known) return await openApp(id);
    const approves = mayApproveHere(known.request) && !(await isAppLocked());
    if (decision === 'approve' && !approves) return await openApp(id);
    await sendAnswer(known.account, known.request, { decision });
  } catch (error) {
    const state = error instanceof ProblemError ? error.problem.state : undefined;
    if (state === (decision === 'approve' ? 'approved' : 'denied')) return;
    const title = decision === 'approve' ? t.notification.notApproved : t.notification.notDenied;
    await show(title, reasonOf(error), { id, said: true }, { requireInteraction: false });
  }
}

function reasonOf(error: unknown): string {
  if (codeOf(error) === 'request_expired') return t.notification.hadExpired;
  if (codeOf(error) === 'request_already_answered') return t.notification.hadEnded;
  return t.notification.tryInApp;
}
