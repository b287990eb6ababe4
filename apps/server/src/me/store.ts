import { statement } from '../platform/store/store.ts';

export const renameUser = statement(`UPDATE users SET name = :name WHERE id = :id`);
