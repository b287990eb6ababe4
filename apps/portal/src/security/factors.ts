import type { MyFactors } from '@countersign/protocol/wire';

/** Recovery codes stand in for a factor, and are none by themselves. */
const isProof = ({ kind }: MyFactors['items'][number]): boolean => kind !== 'recovery_code';

export const proofsOf = ({ items }: MyFactors) => items.filter(isProof);

/** Whether whoever removes one of them is left with the password alone. */
export const isLastProof = (factors: MyFactors): boolean => proofsOf(factors).length === 1;
