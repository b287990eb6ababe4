/** One line for each thing that happened, for the journal of systemd or whatever keeps the standard error. */

export type Level = 'error' | 'warning' | 'notice' | 'debug';
export type Log = (level: Level, text: string) => void;

/** sd-daemon(3): a number in angle brackets at the beginning of a line is its priority. */
const priorities: Record<Level, number> = { error: 3, warning: 4, notice: 5, debug: 7 };

export function createLog(
  write: (line: string) => void,
  { journal, debug, now }: { journal: boolean; debug: boolean; now: () => number },
): Log {
  return (level, text) => {
    if (level === 'debug' && !debug) return;
    const line = oneLine(text);
    write(
      journal
        ? `<${priorities[level]}>${line}\n`
        : `${new Date(now()).toISOString()} ${level.padEnd(7)} ${line}\n`,
    );
  };
}

/** Names come from whoever logs in: none of them is to write a line of its own, or to turn what is beside it around. */
const misleading = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
export const oneLine = (text: string): string =>
  text.replace(misleading, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

/** A name in quotation marks, cut where it is long. */
export function quoted(name: string): string {
  const characters = [...name];
  return JSON.stringify(characters.length > 64 ? `${characters.slice(0, 64).join('')}…` : name);
}
