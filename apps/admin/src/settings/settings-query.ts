import { queryOptions } from '@tanstack/react-query';
import { readSettings } from '../server/admin-api.ts';

export const settingsQuery = queryOptions({ queryKey: ['settings'], queryFn: readSettings });
