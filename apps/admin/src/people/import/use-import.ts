import type { ImportQuery, ImportStep } from '@countersign/protocol/wire';
import { useEffect, useRef, useState } from 'react';
import { importPeople } from '../../server/import-people.ts';

type Line = Extract<ImportStep, { line: number }>;

/** How far an import, or the check of a file, has come. */
export interface Run {
  begun?: Extract<ImportStep, { begun: unknown }>['begun'];
  lines: Line[];
  bad: Line[];
  ended?: Extract<ImportStep, { ended: unknown }>['ended'];
  error?: unknown;
}

/** One run after another; a new one, or leaving the page, stops the one before. */
export function useImport() {
  const [run, setRun] = useState<Run>();
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function start(file: File, query: ImportQuery): Promise<Run | undefined> {
    stop.current?.abort();
    const own = (stop.current = new AbortController());
    let current: Run = { lines: [], bad: [] };
    const show = (next: Run) => {
      current = next;
      if (stop.current === own) setRun(next);
    };
    show(current);
    try {
      await importPeople(file, query, (steps) => show(after(current, steps)), own.signal);
    } catch (error) {
      show({ ...current, error });
    }
    return stop.current === own ? current : undefined;
  }

  const forget = () => {
    stop.current?.abort();
    stop.current = null;
    setRun(undefined);
  };
  return { run, start, forget };
}

function after(run: Run, steps: ImportStep[]): Run {
  const lines = steps.filter((step) => 'line' in step);
  // Added to in place: copying a hundred thousand lines for each piece that comes would be quadratic.
  run.lines.push(...lines);
  run.bad.push(...lines.filter(({ outcome }) => outcome === 'bad'));
  const begun = steps.find((step) => 'begun' in step)?.begun ?? run.begun;
  const ended = steps.find((step) => 'ended' in step)?.ended;
  return { ...run, begun, ended };
}

/** What a spreadsheet would calculate is made text. */
const cell = (text: string): string =>
  `"${(/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** What became of every line, as CSV. */
export const reportOf = ({ lines }: Run): Blob =>
  new Blob(
    [
      '\uFEFFline,login,outcome,problems\r\n',
      ...lines.map(
        ({ line, login, outcome, problems }) =>
          `${line},${cell(login)},${outcome},${cell(problems.join(' '))}\r\n`,
      ),
    ],
    { type: 'text/csv' },
  );
