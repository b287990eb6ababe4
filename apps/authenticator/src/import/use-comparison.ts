import { useEffect, useState } from 'react';
import { revealCodes, type Code } from '../codes/store.ts';
import { useCodes } from '../codes/use-codes.ts';
import { inWords } from '../server/failure.ts';
import { compare, type Comparison } from './compare.ts';
import type { Found } from './session.ts';

/** What was found against what is on this device now; undefined while it is compared. */
export function useComparison(found: Found | undefined): Comparison | { problem: string } | undefined {
  const codes = useCodes();
  const [comparison, setComparison] = useState<Comparison | { problem: string }>();
  useEffect(() => {
    if (!found || !codes) return;
    let current = true;
    void compareWith(found, codes).then((compared) => {
      if (current) setComparison(compared);
    });
    return () => {
      current = false;
    };
  }, [found, codes]);
  return comparison;
}

async function compareWith(found: Found, codes: readonly Code[]): Promise<Comparison | { problem: string }> {
  try {
    const { accounts, unreadable } = await revealCodes(codes);
    return compare(found.accounts, accounts, unreadable);
  } catch (error) {
    return { problem: inWords(error) };
  }
}
