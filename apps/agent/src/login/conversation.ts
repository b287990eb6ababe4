import type { Caller } from '../relay/caller.ts';
import { Gone } from '../relay/caller.ts';
import type { Asked, LastWord } from '../relay/lines.ts';
import { quoted } from '../log.ts';
import type { Effects } from './effects.ts';
import type { Conversation, Ending } from './ending.ts';
import { loginOnline } from './online.ts';
import { loginWithout } from './outage.ts';
import { texts } from './texts.ts';

/**
 * One login, from the module's first line to the agent's last word: the server is asked (online.ts); where it is out of
 * reach, what the configuration says of that holds (outage.ts). It ends before the module loses patience, and leaves no
 * request on a phone that nobody waits for.
 */

class TimeUp extends Error {}

/** The module counts from before it connected, so its time is over a little earlier than it says. */
const marginOf = (timeout: number): number => Math.min(2000, timeout * 200); // ms

export async function converse(asked: Asked, caller: Caller, effects: Effects): Promise<LastWord> {
  const end = effects.monotonic() + asked.timeout * 1000 - marginOf(asked.timeout);
  const over = new AbortController();
  const stop = new Promise<never>((_, reject) =>
    over.signal.addEventListener('abort', () => reject(over.signal.reason as Error), { once: true }),
  );
  stop.catch(() => {});
  const leave = () => over.abort(caller.gone.reason);
  if (caller.gone.aborted) leave();
  else caller.gone.addEventListener('abort', leave, { once: true });
  const left = () => Math.max(0, end - effects.monotonic());
  effects.sleep(left(), over.signal).then(
    () => over.abort(new TimeUp()),
    () => {},
  );

  let spoken = false;
  const conversation: Conversation = {
    ...effects,
    asked,
    spoken: () => spoken,
    left,
    over: over.signal,
    ask(text) {
      spoken = true;
      return caller.ask(true, text);
    },
    tell(text) {
      spoken = true;
      caller.tell('INFO', text);
    },
  };
  const say = (level: 'notice' | 'warning', what: string) => {
    const from = asked.rhost ? ` from ${quoted(asked.rhost)}` : asked.tty ? ` on ${quoted(asked.tty)}` : '';
    effects.log(level, `${quoted(asked.local_user)} by ${quoted(asked.service)}${from}: ${what}`);
  };
  try {
    // Whatever a step waits for, it waits no longer than this.
    const { last, why } = await Promise.race([step(conversation), stop]);
    say(last.word === 'OK' ? 'notice' : 'warning', `${last.word === 'OK' ? 'let in' : 'refused'}, ${why}`);
    return last;
  } catch (error) {
    if (error instanceof TimeUp) {
      say('warning', 'refused, the time was over');
      return { word: 'DENY', text: texts.timeUp };
    }
    if (error instanceof Gone) say('notice', `given up, ${error.message}`);
    throw error;
  } finally {
    caller.gone.removeEventListener('abort', leave);
    over.abort(new Gone('the conversation has ended'));
  }
}

async function step(conversation: Conversation): Promise<Ending> {
  const online = await loginOnline(conversation);
  return 'outage' in online ? loginWithout(conversation, online) : online;
}
