import { call, inWords } from '@countersign/ui/api';
import { pickLanguage } from '@countersign/ui/language';
import { useQueryClient } from '@tanstack/react-query';
import type { Me } from '@countersign/protocol/wire';
import { useEffect, useState } from 'react';
import { chooseLanguage } from '../display/language.ts';
import { meKey, useMe } from '../security/queries.ts';
import { languageTags } from '../texts/load.ts';

/** The language that the person chose, in whichever browser they did: the server knows it, for mail too. */

/** Speaks it here as well, from the sign-in on. */
export function useLanguageOfPerson(): void {
  const language = useMe().data?.language;
  useEffect(() => {
    if (language === undefined) return;
    void chooseLanguage(language === null ? undefined : pickLanguage([language], languageTags));
  }, [language]);
}

/** Chooses another. Undefined follows the device, whichever that is. */
export function useChooseLanguage() {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const choose = async (tag: string | undefined) => {
    setProblem(undefined);
    try {
      queries.setQueryData(meKey, await call<Me>('PATCH', '/api/v1/me', { language: tag ?? null }));
      await chooseLanguage(tag);
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  return { choose, problem };
}
