import { join } from 'node:path';
import { checkTexts } from '@countersign/ui/check-texts';

checkTexts(join(import.meta.dirname, '..'));
