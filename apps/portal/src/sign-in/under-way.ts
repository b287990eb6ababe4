import { call } from '@countersign/ui/api';

/** The sign-in that this tab has begun: kept by its id, so that a reload in the middle finds the way back. */

const name = 'countersign.authentication';

export const underWay = (): string | null => sessionStorage.getItem(name);
export const keepUnderWay = (id: string): void => sessionStorage.setItem(name, id);
export const forgetUnderWay = (): void => sessionStorage.removeItem(name);

/** Nobody needs it any more: its request is taken back from the phone. */
export function giveUpUnderWay(): void {
  const id = underWay();
  if (id === null) return;
  forgetUnderWay();
  void call('DELETE', `/api/v1/authentications/${id}`).catch(() => {});
}
