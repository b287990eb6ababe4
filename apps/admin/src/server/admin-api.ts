import type {
  CreateUser,
  Discovery,
  Event,
  Mail,
  PatchUser,
  ResetMfaResult,
  Role,
  Session,
  Settings,
  SettingsPatch,
  User,
  UserDetail,
  UserState,
} from '@countersign/protocol/wire';
import { api } from '@countersign/ui';

/** The administrators' calls, one function each. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface PeopleFilter {
  q?: string;
  state?: UserState;
  role?: Role;
}

const base = '/api/v1/admin';
const pageSize = 50;

function query(members: Record<string, string | number | undefined>): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

function page<T>(path: string, members: Record<string, string | undefined>, signal?: AbortSignal) {
  return api.get<Page<T>>(`${base}${path}?${query({ ...members, limit: pageSize })}`, { signal });
}

const person = (id: string, act = '') => `${base}/users/${encodeURIComponent(id)}${act && `/${act}`}`;

export const readDiscovery = () => api.get<Discovery>('/.well-known/countersign');

export const readSession = () => api.get<Session>(`${base}/session`);
export const endSession = () => api.delete(`${base}/session`);

export const listPeople = (filter: PeopleFilter, cursor?: string, signal?: AbortSignal) =>
  page<User>('/users', { ...filter, cursor }, signal);
export const readPerson = (id: string) => api.get<UserDetail>(person(id));
export const addPerson = (body: CreateUser) => api.post<UserDetail>(`${base}/users`, body);
export const changePerson = (id: string, patch: PatchUser) => api.patch<UserDetail>(person(id), patch);
export const actOnPerson = (id: string, act: 'suspend' | 'activate' | 'unlock') =>
  api.post<UserDetail>(person(id, act));
export const resetMfa = (id: string) => api.post<ResetMfaResult>(person(id, 'reset-mfa'));
export const removeAuthenticator = (id: string) =>
  api.delete(`${base}/authenticators/${encodeURIComponent(id)}`);

export const readSettings = () => api.get<Settings>(`${base}/settings`);
export const changeSettings = (patch: SettingsPatch) => api.patch<Settings>(`${base}/settings`, patch);

export const listEvents = (q: string | undefined, cursor?: string, signal?: AbortSignal) =>
  page<Event>('/events', { q, cursor }, signal);
export const listMails = (q: string | undefined, cursor?: string, signal?: AbortSignal) =>
  page<Mail>('/outbox', { q, cursor }, signal);
