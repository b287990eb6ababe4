import { quoted } from '../log.ts';
import type { Asked } from '../relay/lines.ts';
import { ending, type Conversation, type Ending, type Outage } from './ending.ts';
import { texts } from './texts.ts';

/** A login while the server is out of reach (docs/hosts.md, "What an outage is"). */

const tries = 3;

export async function loginWithout(conversation: Conversation, { outage, typed }: Outage): Promise<Ending> {
  const { asked, offline, log } = conversation;
  log('warning', `the server is out of reach: ${outage}`);
  const configuration = conversation.configuration();
  if ('problem' in configuration) {
    // Nothing is known of what the group wants, so the module's own option decides, unless something was said.
    const word = conversation.spoken() || configuration.shut ? 'DENY' : 'UNAVAIL';
    return ending({ word, text: texts.away }, `the server is out of reach, and ${configuration.problem}`);
  }
  const rule = Object.hasOwn(configuration.services, asked.service)
    ? configuration.services[asked.service]
    : configuration.services['*'];
  if (!rule || rule.deny)
    return ending({ word: 'STOP', text: texts.serviceDenied }, 'nobody logs in by this service');
  // Whoever comes here has shown nothing at all: neither nothing more nor a code alone is enough.
  if (!rule.first_factor)
    return ending(
      { word: 'DENY', text: texts.awayAlone },
      'the server is out of reach, and nothing was asked before',
    );

  const claim = { local_user: asked.local_user, service: asked.service, rhost: asked.rhost };
  if (!conversation.spoken()) {
    const open =
      asked.local_user === configuration.break_glass && isConsole(asked)
        ? 'break_glass'
        : configuration.outage === 'allow'
          ? 'outage_allowed'
          : undefined;
    if (open) {
      const failure = await attempt(() => offline.letIn(open, claim), conversation);
      if (failure) return failure;
      return ending({ word: 'OK' }, `${open}, with nothing asked: the server is out of reach`);
    }
  }
  if (configuration.outage === 'deny')
    return ending(
      { word: 'DENY', text: texts.away },
      'the server is out of reach, and its group denies then',
    );
  if (!rule.factors.some((factor) => factor === 'push' || factor === 'totp'))
    return ending(
      { word: 'STOP', text: texts.awayNoCodes },
      'the server is out of reach, and its rule has nothing that an offline code stands for',
    );
  if (!asked.interactive)
    return ending(
      { word: 'DENY', text: texts.away },
      'the server is out of reach, and no code can be asked for here',
    );
  return askCodes(conversation, configuration.host.name, typed);
}

async function askCodes(conversation: Conversation, host: string, typed?: string): Promise<Ending> {
  const { asked, offline } = conversation;
  const { local_user, service, rhost } = asked;
  const claim = { local_user, service, rhost };
  const has = await attempt(() => offline.has(local_user), conversation);
  if (typeof has !== 'string') return has;
  if (has === 'none')
    return ending(
      { word: 'STOP', text: texts.offlineNone },
      `there is no offline code for ${quoted(local_user)}`,
    );
  if (has === 'locked') return locked();
  if (has === 'worn_out') return wornOut();
  let text = texts.offlineAsk(host);
  // What was typed while the server went away counts where it can be an offline code.
  let code = typed !== undefined && /^\d{8}$/.test(typed) ? typed : undefined;
  for (let turn = 1; turn <= tries; turn += 1) {
    code ??= (await conversation.ask(text)).replace(/[\s-]/g, '');
    const entered = code;
    code = undefined;
    // Enter alone is no code, and does not count as a wrong one.
    if (entered === '') continue;
    const result = await attempt(() => offline.use(entered, claim), conversation);
    if (typeof result !== 'string') return result;
    if (result === 'taken') return ending({ word: 'OK' }, 'by an offline code');
    if (result === 'locked') return locked();
    if (result === 'worn_out') return wornOut();
    if (result === 'none')
      return ending({ word: 'STOP', text: texts.offlineNone }, 'the offline codes were withdrawn');
    text = texts.offlineAgain(host);
  }
  return ending({ word: 'STOP', text: texts.tooManyCodes }, `${tries} offline codes were wrong`);
}

const locked = (): Ending => ending({ word: 'STOP', text: texts.offlineLocked }, 'offline codes are locked');

const wornOut = (): Ending =>
  ending(
    { word: 'STOP', text: texts.offlineWornOut },
    'offline codes are locked until the secret is another',
  );

/** What cannot be written down lets nobody in. */
async function attempt<T>(act: () => Promise<T>, { log }: Conversation): Promise<T | Ending> {
  try {
    return await act();
  } catch (error) {
    log('error', `a login without the server cannot be written down: ${(error as Error).message}`);
    return ending({ word: 'STOP', text: texts.notWritten }, 'it could not be written down');
  }
}

/**
 * A terminal of the machine itself, and a caller that root has started (login; su has the uid of whoever called it). A
 * pseudo-terminal may be somebody's who came over the network before.
 */
function isConsole({ tty, rhost, uid }: Asked): boolean {
  return (
    uid === 0 && rhost === null && tty !== null && /^(\/dev\/)?(tty(S|USB|AMA)?\d+|console|hvc\d+)$/.test(tty)
  );
}
