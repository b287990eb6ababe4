import type { ImportQuery, ImportStep, Problem } from '@countersign/protocol/wire';
import { NetworkError, ProblemError } from '@countersign/ui/api';

/** The one call that sends a file and is told how far it is, line by line. */

/**
 * `onSteps` hears what came since it last did. Leaving by `signal` stops the import where it is.
 * @throws ProblemError, NetworkError; {@link ImportStopped} where the answer breaks off.
 */
export async function importPeople(
  file: File,
  query: ImportQuery,
  onSteps: (steps: ImportStep[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const response = await fetch(`/api/v1/admin/users/import?${asked}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: file,
    signal,
  }).catch(() => {
    throw new NetworkError();
  });
  if (!response.ok) {
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    throw problem?.code ? new ProblemError(problem) : new NetworkError();
  }
  let rest = '';
  let isWhole = false;
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    const steps = lines.map((line) => JSON.parse(line) as ImportStep);
    isWhole ||= steps.some((step) => 'ended' in step);
    onSteps(steps);
  }
  if (!isWhole) throw new ImportStopped();
}

class ImportStopped extends Error {
  constructor() {
    super(
      'It stopped before its end. Who was added stays. Choose the same file again and skip bad lines to go on: whoever is there already is one.',
    );
  }
}
