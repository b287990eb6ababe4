/**
 * The key of the codes that come along with a move, between scanning and enrolling: in memory only, since what is part
 * of an address stays in the browser's history.
 */
const keys = new Map<string, string>();

export const offerTransferKey = (code: string, key: string): void => void keys.set(code, key);
export const offeredTransferKey = (code: string): string | undefined => keys.get(code);
export const dropTransferKey = (code: string): void => void keys.delete(code);
