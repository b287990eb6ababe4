/** How hard a password is to guess, for whoever chooses one: 0 (at once) to 4 (not in a lifetime). */
export type Strength = 0 | 1 | 2 | 3 | 4;

type Judge = (password: string, known: string[]) => Strength;

let judge: Promise<Judge> | undefined;

/**
 * The dictionary weighs more than the page, so it comes when a field for a new password is used. It only advises: what
 * will not do is for the server to say. Rejects where it cannot be loaded; the next call tries again.
 */
export function loadJudge(): Promise<Judge> {
  judge ??= Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')])
    .then(([{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }]): Judge => {
      const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
      return (password, known) => estimator.check(password, known).score;
    })
    .catch((error: unknown) => {
      judge = undefined;
      throw error;
    });
  return judge;
}
