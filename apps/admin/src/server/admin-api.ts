import type {
  ApiToken,
  Application,
  ApplicationPreview,
  AppReport,
  Attention,
  CreateApiToken,
  CreateApplication,
  CreatedApiToken,
  CreatedApplication,
  CreateHostGroup,
  CreateUser,
  CreateWebhook,
  CreatedWebhook,
  Discovery,
  EnrollmentSummary,
  Event,
  EventFilter,
  ExportFormat,
  FraudReport,
  Group,
  GroupDetail,
  GroupMember,
  Host,
  HostAccount,
  HostDetail,
  HostGroup,
  HostState,
  JoinToken,
  Mail,
  Named,
  PatchApplication,
  PatchGroup,
  PatchHost,
  PatchHostGroup,
  SetHostAccount,
  PatchUser,
  PatchWebhook,
  Policies,
  PersonWithoutFactor,
  PolicyRule,
  PolicyEffectReport,
  PolicySimulation,
  PolicyVersion,
  PreviewApplication,
  ReportKind,
  ResetMfaResult,
  Role,
  SamlMetadata,
  SamlSettings,
  Session,
  SettingsPatch,
  SimulatePolicies,
  SsoAttempt,
  Statistics,
  UnreachablePhone,
  TaggedSettings,
  User,
  UserDetail,
  UserState,
  VerificationPush,
  Webhook,
  WebhookDelivery,
  WebhookTest,
} from '@countersign/protocol/wire';
import { call, type Method } from '@countersign/ui/api';
import { withStepUp } from '@countersign/ui/sign-in';
import type { ApiDocument } from '../api/document.ts';

/** The administrators' calls, one function each. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface PeopleFilter {
  q?: string;
  state?: UserState;
  role?: Role;
  without_factor?: true;
  factor_locked?: true;
}

const base = '/api/v1/admin';
const pageSize = 50;

function query(members: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** Where the server has looked back so far and found few, it is asked to look on, so many times. */
const few = 10;
const mostLooks = 20;

async function page<T>(
  path: string,
  members: { cursor?: string } & Record<string, string | boolean | undefined>,
  limit = pageSize,
): Promise<Page<T>> {
  const items: T[] = [];
  let cursor = members.cursor ?? null;
  for (let looks = 0; looks < mostLooks && items.length < few; looks += 1) {
    const asked = query({ ...members, cursor: cursor ?? undefined, limit });
    const found = await call<Page<T>>('GET', `${base}${path}?${asked}`);
    items.push(...found.items);
    cursor = found.next_cursor;
    if (cursor === null) break;
  }
  return { items, next_cursor: cursor };
}

/** A change: where the server wants the person confirmed first, the step-up dialog opens and the call is made again. */
const change = <T>(method: Method, path: string, body?: unknown, headers?: Record<string, string>) =>
  withStepUp(() => call<T>(method, path, body, headers));

/** Something that can be edited: a change of it is made to what was seen, or not at all. */
export interface Tagged {
  etag: string;
}
const changeSeen = <T>(method: Method, path: string, body: unknown, { etag }: Tagged) =>
  change<T>(method, path, body, { 'if-match': etag });

const person = (id: string, act = '') => `${base}/users/${encodeURIComponent(id)}${act && `/${act}`}`;

export const readDiscovery = () => call<Discovery>('GET', '/.well-known/countersign');

export const readSession = () => call<Session>('GET', `${base}/session`);
export const endSession = () => call<void>('DELETE', `${base}/session`);

export const readAttention = async () =>
  (await call<{ items: Attention[] }>('GET', `${base}/home/attention`)).items;
export const readStatistics = () => call<Statistics>('GET', `${base}/home/statistics`);
export const listFraudReports = (filter: { q?: string; reviewed?: boolean }, cursor?: string) =>
  page<FraudReport>('/fraud-reports', { ...filter, cursor });
export const reviewFraudReport = (id: string) =>
  change<FraudReport>('POST', `${base}/fraud-reports/${encodeURIComponent(id)}/review`);

export const listPeople = (filter: PeopleFilter, cursor?: string, limit?: number) =>
  page<User>('/users', { ...filter, cursor }, limit);
export const readPerson = (id: string) => call<UserDetail>('GET', person(id));
export const addPerson = (body: CreateUser) => change<UserDetail>('POST', `${base}/users`, body);
export const changePerson = (seen: UserDetail, patch: PatchUser) =>
  changeSeen<UserDetail>('PATCH', person(seen.id), patch, seen);
export const actOnPerson = (id: string, act: 'suspend' | 'activate' | 'unlock' | 'invite' | 'end-sessions') =>
  change<UserDetail>('POST', person(id, act));
export const deletePerson = (id: string) => change<UserDetail>('DELETE', person(id));
export const resetMfa = (id: string) => change<ResetMfaResult>('POST', person(id, 'reset-mfa'));
export const verificationPushPath = (id: string, push: string) =>
  person(id, `verification-push/${encodeURIComponent(push)}`);
export const askCaller = (id: string) => change<VerificationPush>('POST', person(id, 'verification-push'));
export const takeQuestionBack = (id: string, push: string) =>
  call<void>('DELETE', verificationPushPath(id, push));
export const listUnreachablePhones = (q: string | undefined, cursor?: string) =>
  page<UnreachablePhone>('/authenticators/unreachable', { q, cursor });
export const removeAuthenticator = (id: string) =>
  change<void>('DELETE', `${base}/authenticators/${encodeURIComponent(id)}`);

const group = (id: string, more = '') => `${base}/groups/${encodeURIComponent(id)}${more}`;
const member = (id: string, userId: string) => group(id, `/members/${encodeURIComponent(userId)}`);
export const listGroups = (q: string | undefined, cursor?: string) => page<Group>('/groups', { q, cursor });
export const readGroup = (id: string) => call<GroupDetail>('GET', group(id));
export const addGroup = (name: string) => change<GroupDetail>('POST', `${base}/groups`, { name });
export const changeGroup = (seen: GroupDetail, patch: PatchGroup) =>
  changeSeen<GroupDetail>('PATCH', group(seen.id), patch, seen);
export const removeGroup = (id: string) => change<void>('DELETE', group(id));
export const listMembers = (id: string, q: string | undefined, cursor?: string) =>
  page<GroupMember>(`/groups/${encodeURIComponent(id)}/members`, { q, cursor });
export const putMember = (id: string, userId: string) => change<void>('PUT', member(id, userId));
export const takeMember = (id: string, userId: string) => change<void>('DELETE', member(id, userId));
export const listGroupsOfPerson = async (id: string) =>
  (await call<{ items: Named[] }>('GET', person(id, 'groups'))).items;

const enrollment = `${base}/enrollment`;
export const readEnrollment = (group_id: string | undefined) =>
  call<EnrollmentSummary>('GET', `${enrollment}?${query({ group_id })}`);
export const listWithoutFactor = (filter: { q?: string; group_id?: string }, cursor?: string) =>
  page<PersonWithoutFactor>('/enrollment/people', { ...filter, cursor });
export const remindPeople = (group_id: string | undefined) =>
  change<void>('POST', `${enrollment}/reminders`, group_id === undefined ? {} : { group_id });
export const remindPerson = (id: string) => change<void>('POST', person(id, 'remind'));

const application = (id: string) => `${base}/applications/${encodeURIComponent(id)}`;
export const listApplications = (q: string | undefined, cursor?: string) =>
  page<Application>('/applications', { q, cursor });
export const readApplication = (id: string) => call<Application>('GET', application(id));
export const addApplication = (body: CreateApplication) =>
  change<CreatedApplication>('POST', `${base}/applications`, body);
export const makeSecret = (id: string) => change<CreatedApplication>('POST', `${application(id)}/secret`);
export const changeApplication = (seen: Application, patch: PatchApplication) =>
  changeSeen<Application>('PATCH', application(seen.id), patch, seen);
export const changeLogo = (seen: Application, png: string | null) =>
  changeSeen<Application>('PUT', `${application(seen.id)}/logo`, { png }, seen);
export const readSamlMetadata = (saml: Pick<SamlSettings, 'metadata' | 'metadata_url'>) =>
  change<SamlMetadata>('POST', `${base}/saml-metadata`, { saml });
export const previewApplication = (id: string, body: PreviewApplication) =>
  call<ApplicationPreview>('POST', `${application(id)}/preview`, body);
export const listAttempts = (id: string) =>
  call<{ items: SsoAttempt[] }>('GET', `${application(id)}/attempts`);
export const listUnregisteredAttempts = () =>
  call<{ items: SsoAttempt[] }>('GET', `${base}/application-attempts`);
export const removeApplication = (id: string) => change<void>('DELETE', application(id));

export interface HostFilter {
  q?: string;
  group_id?: string;
  state?: HostState;
  silent?: true;
}
const host = (id: string, act = '') => `${base}/hosts/${encodeURIComponent(id)}${act}`;
export const listHosts = (filter: HostFilter, cursor?: string) => page<Host>('/hosts', { ...filter, cursor });
export const readHost = (id: string) => call<HostDetail>('GET', host(id));
export const changeHost = (seen: HostDetail, patch: PatchHost) =>
  changeSeen<HostDetail>('PATCH', host(seen.id), patch, seen);
export const revokeHost = (id: string) => change<HostDetail>('POST', host(id, '/revoke'));
export const removeHost = (id: string) => change<void>('DELETE', host(id));

const policies = `${base}/policies`;
export const readPolicies = () => call<Policies>('GET', policies);
export const changePolicies = (seen: Tagged, rules: PolicyRule[]) =>
  changeSeen<Policies>('PUT', policies, { rules }, seen);
export const listPolicyVersions = (cursor?: string) => page<PolicyVersion>('/policies/versions', { cursor });
export const restorePolicies = (seen: Policies, version: number) =>
  changeSeen<Policies>('POST', `${policies}/versions/${version}/restore`, {}, seen);
export const simulatePolicies = (body: SimulatePolicies) =>
  call<PolicySimulation>('POST', `${policies}/simulate`, body);
export const policyEffect = (rules: PolicyRule[]) =>
  call<PolicyEffectReport>('POST', `${policies}/effect`, { rules });

const hostGroup = (id: string, more = '') => `${base}/host-groups/${encodeURIComponent(id)}${more}`;
export const listHostGroups = (q: string | undefined, cursor?: string) =>
  page<HostGroup>('/host-groups', { q, cursor });
export const readHostGroup = (id: string) => call<HostGroup>('GET', hostGroup(id));
export const addHostGroup = (body: CreateHostGroup) => change<HostGroup>('POST', `${base}/host-groups`, body);
export const changeHostGroup = (seen: HostGroup, patch: PatchHostGroup) =>
  changeSeen<HostGroup>('PATCH', hostGroup(seen.id), patch, seen);
export const removeHostGroup = (id: string) => change<void>('DELETE', hostGroup(id));
export const listHostAccounts = (id: string, q: string | undefined, cursor?: string) =>
  page<HostAccount>(`/host-groups/${encodeURIComponent(id)}/accounts`, { q, cursor });
export const setHostAccount = (id: string, body: SetHostAccount) =>
  change<void>('PUT', hostGroup(id, '/accounts'), body);
export const makeJoinToken = (id: string) => change<JoinToken>('POST', hostGroup(id, '/join-tokens'));

export const apiDocumentAddress = '/api/openapi.json';
export const readApiDocument = () => call<ApiDocument>('GET', apiDocumentAddress);

export const readSettings = () => call<TaggedSettings>('GET', `${base}/settings`);
export const changeSettings = (seen: TaggedSettings, patch: SettingsPatch) =>
  changeSeen<TaggedSettings>('PATCH', `${base}/settings`, patch, seen);

export const listTokens = (filter: { q?: string; expiring?: true }, cursor?: string) =>
  page<ApiToken>('/tokens', { ...filter, cursor });
export const makeToken = (body: CreateApiToken) => change<CreatedApiToken>('POST', `${base}/tokens`, body);
export const deleteToken = (id: string) => change<void>('DELETE', `${base}/tokens/${encodeURIComponent(id)}`);
export const listEvents = (filter: EventFilter, cursor?: string) =>
  page<Event>('/events', { ...filter, cursor });
export const readLastEvent = async (filter: EventFilter): Promise<Event | null> =>
  (await call<Page<Event>>('GET', `${base}/events?${query({ ...filter, limit: 1 })}`)).items[0] ?? null;
export const listStepsOf = async (authentication: string) =>
  (
    await call<Page<Event>>('GET', `${base}/events?${query({ authentication, limit: 200 })}`)
  ).items.toReversed();
/** Where its browser follows new events, and where it finds them as a file. */
export const eventStream = (filter: EventFilter): string => `${base}/events/stream?${query({ ...filter })}`;
export const eventFile = (filter: EventFilter, format: ExportFormat): string =>
  `${base}/events/export?${query({ ...filter, format })}`;
const webhook = (id: string, more = '') => `${base}/webhooks/${encodeURIComponent(id)}${more}`;
export const listWebhooks = (filter: { q?: string; failing?: true }, cursor?: string) =>
  page<Webhook>('/webhooks', { ...filter, cursor });
export const readWebhook = (id: string) => call<Webhook>('GET', webhook(id));
export const addWebhook = (body: CreateWebhook) => change<CreatedWebhook>('POST', `${base}/webhooks`, body);
export const changeWebhook = (seen: Webhook, patch: PatchWebhook) =>
  changeSeen<Webhook>('PATCH', webhook(seen.id), patch, seen);
export const makeWebhookSecret = (id: string) => change<CreatedWebhook>('POST', webhook(id, '/secret'));
export const testWebhook = (id: string) => change<WebhookTest>('POST', webhook(id, '/test'));
export const removeWebhook = (id: string) => change<void>('DELETE', webhook(id));
export const listDeliveries = (id: string, cursor?: string) =>
  page<WebhookDelivery>(`/webhooks/${encodeURIComponent(id)}/deliveries`, { cursor });

export const listReports = (kind: ReportKind | undefined, cursor?: string) =>
  page<AppReport>('/diagnostics', { kind, cursor });
export const listMails = (filter: { q?: string; failing?: true }, cursor?: string) =>
  page<Mail>('/outbox', { ...filter, cursor });
