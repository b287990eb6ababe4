import type { HostLogin } from '@countersign/protocol/wire';
import type { Answer } from './effects.ts';
import { ending, type Conversation, type Ending, type Outage } from './ending.ts';
import { watch, type Watch } from './watch.ts';
import { isWaiting, promptOf, texts } from './texts.ts';

/** A login that the server decides. */

const tries = 3;

export async function loginOnline(conversation: Conversation): Promise<Ending | Outage> {
  const { asked, server, log, over } = conversation;
  const nonce = conversation.nonce();
  const { local_user, service, rhost, tty, ruser, interactive } = asked;
  const beginning = server.begin({ nonce, local_user, service, rhost, tty, ruser, interactive });
  let ended = false;
  /** A login that nobody waits for is given up, also one whose beginning is still on its way. */
  const giveUp = async () => {
    const begun = await beginning;
    if (ended || begun.kind !== 'answered' || begun.value.state !== 'challenge') return;
    const cancelled = (await server.cancel(begun.value.id)) as Answer<unknown>;
    if (cancelled.kind !== 'answered') log('debug', 'the request on the phone could not be cancelled');
  };
  const onOver = () => void giveUp().catch((error: unknown) => log('error', String(error)));
  over.addEventListener('abort', onOver, { once: true });

  const begun = await beginning;
  if (begun.kind === 'outage') return { outage: begun.reason };
  if (begun.kind === 'refused') {
    if (begun.code === 'host_revoked') await conversation.revoked();
    return refusal(begun);
  }
  const login = begun.value;
  const watched = watch(login, conversation);
  const end = await (interactive ? prompt(conversation, watched) : silent(conversation, watched));
  if ('login' in end) {
    ended = true;
    return judge(conversation, end.login, { sub: login.id, nonce, local_user, service });
  }
  return end;
}

type Decided = { login: HostLogin };

async function silent({ log, tell }: Conversation, watched: Watch): Promise<Ending | Outage | Decided> {
  const first = watched.current();
  if (!isWaiting(first) && first.state === 'challenge')
    return ending(
      { word: 'STOP', text: first.reason ?? texts.nothingLeft },
      'no request was sent, and no code can be asked for here',
    );
  if (first.push?.number) {
    log('warning', 'the phone asks for a number, which cannot be shown where nothing can be asked');
    return ending({ word: 'STOP', text: texts.cannotAsk }, 'a number cannot be shown here');
  }
  // The module takes an agent that says nothing for one that is away.
  if (isWaiting(first)) tell(texts.requestSent);
  return waitOut(watched);
}

/** Until the login has ended, or its push has and nothing else is left. */
async function waitOut(watched: Watch): Promise<Ending | Outage | Decided> {
  const end = await watched.settled();
  if ('outage' in end) return end;
  if ('refused' in end) return refusal(end.refused);
  if (end.login.state !== 'challenge') return end;
  const text = end.login.reason ?? texts.expired;
  return ending({ word: 'DENY', text }, 'nobody answered on the phone');
}

async function prompt(conversation: Conversation, watched: Watch): Promise<Ending | Outage | Decided> {
  const { server } = conversation;
  let said: string | undefined;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const login = watched.current();
    if (login.state !== 'challenge') return { login };
    if (!isWaiting(login) && !login.code)
      return ending(
        { word: 'STOP', text: login.reason ?? texts.nothingLeft },
        login.reason ?? texts.nothingLeft,
      );
    // The phone is followed while the prompt is open, so that Enter is answered at once.
    const typed = (await conversation.ask(promptOf(login, said, conversation.asked.service))).replace(
      /[\s-]/g,
      '',
    );
    // Between a code that was typed and its answer, the phone may have decided: what has ended stays so.
    if (typed === '') {
      if (!isWaiting(login)) {
        said = texts.noCode;
        continue;
      }
      const end = await watched.settled();
      if (!('login' in end) || end.login.state !== 'challenge' || !end.login.code) return waitOut(watched);
      said = end.login.reason ?? texts.expired;
      continue;
    }
    if (watched.current().state !== 'challenge') return { login: watched.current() };
    if (/^\d{8}$/.test(typed)) {
      // The form of an offline code: whoever types one may know before us that the server is away.
      const there = await server.wait(login.id, 0, '', conversation.over);
      if (there.kind === 'outage') return { outage: there.reason, typed };
      said = texts.offlineCodeOnline;
      continue;
    }
    if (!/^(\d{6}|[0-9A-Za-z]{16,20})$/.test(typed)) {
      said = texts.noCode;
      continue;
    }
    const checked = await server.code(login.id, typed);
    if (checked.kind === 'outage') return { outage: checked.reason, typed };
    if (checked.kind === 'answered') {
      if (checked.value.state !== 'challenge') return { login: checked.value };
      said = texts.wrongCode;
      continue;
    }
    if (checked.code === 'authentication_over') return waitOut(watched);
    if (
      !askedAgainAfter.has(checked.code) &&
      !(checked.code === 'factor_locked' && isWaiting(watched.current()))
    )
      return refusal(checked);
    said = checked.text;
  }
  return ending({ word: 'STOP', text: texts.tooManyCodes }, `${tries} tries were wrong`);
}

const askedAgainAfter = new Set(['wrong_code', 'code_already_used', 'factor_not_offered']);

/** A refusal is not asked for again: sshd would try three times, each with a request on the phone. */
const refusal = ({ code, text }: { code: string; text: string }): Ending =>
  ending({ word: 'STOP', text }, `the server refused: ${code}`);

async function judge(
  conversation: Conversation,
  login: HostLogin,
  about: { sub: string; nonce: string; local_user: string; service: string },
): Promise<Ending> {
  if (login.state === 'denied')
    return ending({ word: 'STOP', text: login.reason ?? texts.denied }, 'it was denied on the phone');
  if (login.state !== 'allowed')
    return ending({ word: 'DENY', text: login.reason ?? texts.expired }, 'it expired');
  const verdict =
    login.verdict === null
      ? { valid: false as const, reason: 'there is none' }
      : await conversation.judge(login.verdict, about);
  if (!verdict.valid)
    return ending(
      { word: 'STOP', text: texts.badVerdict },
      `the server's verdict does not hold: ${verdict.reason}`,
    );
  return ending({ word: 'OK' }, `as ${JSON.stringify(verdict.user)} (${verdict.amr.join(' ')})`);
}
