import { join } from 'node:path';
import { checkTexts } from '../../../../tests/support/check-texts.ts';

checkTexts(join(import.meta.dirname, '..'));
