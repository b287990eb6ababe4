import type {
  ApiToken,
  Application,
  ApplicationPreview,
  AppReport,
  CreateApiToken,
  CreateApplication,
  CreatedApiToken,
  CreatedApplication,
  CreateHostGroup,
  CreateUser,
  CreateWebhook,
  CreatedWebhook,
  Discovery,
  Event,
  EventFilter,
  ExportFormat,
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
  PatchHost,
  PatchHostGroup,
  SetHostAccount,
  PatchUser,
  PatchWebhook,
  Policies,
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
  Settings,
  SettingsPatch,
  SimulatePolicies,
  SsoAttempt,
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
}

const base = '/api/v1/admin';
const pageSize = 50;

function query(members: Record<string, string | number | undefined>): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

function page<T>(path: string, members: Record<string, string | undefined>) {
  return call<Page<T>>('GET', `${base}${path}?${query({ ...members, limit: pageSize })}`);
}

/** A change: where the server wants the person confirmed first, the step-up dialog opens and the call is made again. */
const change = <T>(method: Method, path: string, body?: unknown, headers?: Record<string, string>) =>
  withStepUp(() => call<T>(method, path, body, headers));

const person = (id: string, act = '') => `${base}/users/${encodeURIComponent(id)}${act && `/${act}`}`;

export const readDiscovery = () => call<Discovery>('GET', '/.well-known/countersign');

export const readSession = () => call<Session>('GET', `${base}/session`);
export const endSession = () => call<void>('DELETE', `${base}/session`);

export const listPeople = (filter: PeopleFilter, cursor?: string) =>
  page<User>('/users', { ...filter, cursor });
export const readPerson = (id: string) => call<UserDetail>('GET', person(id));
export const addPerson = (body: CreateUser) => change<UserDetail>('POST', `${base}/users`, body);
export const changePerson = (id: string, patch: PatchUser) => change<UserDetail>('PATCH', person(id), patch);
export const actOnPerson = (id: string, act: 'suspend' | 'activate' | 'unlock' | 'invite') =>
  change<UserDetail>('POST', person(id, act));
export const deletePerson = (id: string) => change<UserDetail>('DELETE', person(id));
export const resetMfa = (id: string) => change<ResetMfaResult>('POST', person(id, 'reset-mfa'));
export const verificationPushPath = (id: string, push: string) =>
  person(id, `verification-push/${encodeURIComponent(push)}`);
export const askCaller = (id: string) => change<VerificationPush>('POST', person(id, 'verification-push'));
export const takeQuestionBack = (id: string, push: string) =>
  call<void>('DELETE', verificationPushPath(id, push));
export const removeAuthenticator = (id: string) =>
  change<void>('DELETE', `${base}/authenticators/${encodeURIComponent(id)}`);

const group = (id: string, more = '') => `${base}/groups/${encodeURIComponent(id)}${more}`;
const member = (id: string, userId: string) => group(id, `/members/${encodeURIComponent(userId)}`);
export const listGroups = (q: string | undefined, cursor?: string) => page<Group>('/groups', { q, cursor });
export const readGroup = (id: string) => call<GroupDetail>('GET', group(id));
export const addGroup = (name: string) => change<GroupDetail>('POST', `${base}/groups`, { name });
export const renameGroup = (id: string, name: string) => change<GroupDetail>('PATCH', group(id), { name });
export const removeGroup = (id: string) => change<void>('DELETE', group(id));
export const listMembers = (id: string, q: string | undefined, cursor?: string) =>
  page<GroupMember>(`/groups/${encodeURIComponent(id)}/members`, { q, cursor });
export const putMember = (id: string, userId: string) => change<void>('PUT', member(id, userId));
export const takeMember = (id: string, userId: string) => change<void>('DELETE', member(id, userId));
export const listGroupsOfPerson = async (id: string) =>
  (await call<{ items: Named[] }>('GET', person(id, 'groups'))).items;

const application = (id: string) => `${base}/applications/${encodeURIComponent(id)}`;
export const listApplications = (q: string | undefined, cursor?: string) =>
  page<Application>('/applications', { q, cursor });
export const readApplication = (id: string) => call<Application>('GET', application(id));
export const addApplication = (body: CreateApplication) =>
  change<CreatedApplication>('POST', `${base}/applications`, body);
export const makeSecret = (id: string) => change<CreatedApplication>('POST', `${application(id)}/secret`);
export const changeApplication = (id: string, patch: PatchApplication) =>
  change<Application>('PATCH', application(id), patch);
export const changeLogo = (id: string, png: string | null) =>
  change<Application>('PUT', `${application(id)}/logo`, { png });
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
}
const host = (id: string, act = '') => `${base}/hosts/${encodeURIComponent(id)}${act}`;
export const listHosts = (filter: HostFilter, cursor?: string) => page<Host>('/hosts', { ...filter, cursor });
export const readHost = (id: string) => call<HostDetail>('GET', host(id));
export const changeHost = (id: string, patch: PatchHost) => change<HostDetail>('PATCH', host(id), patch);
export const revokeHost = (id: string) => change<HostDetail>('POST', host(id, '/revoke'));
export const removeHost = (id: string) => change<void>('DELETE', host(id));

const policies = `${base}/policies`;
export const readPolicies = () => call<Policies>('GET', policies);
/** `etag`: of the version that is changed. */
export const changePolicies = (rules: PolicyRule[], etag: string) =>
  change<Policies>('PUT', policies, { rules }, { 'if-match': etag });
export const listPolicyVersions = (cursor?: string) => page<PolicyVersion>('/policies/versions', { cursor });
export const restorePolicies = (version: number, etag: string) =>
  change<Policies>('POST', `${policies}/versions/${version}/restore`, {}, { 'if-match': etag });
export const simulatePolicies = (body: SimulatePolicies) =>
  call<PolicySimulation>('POST', `${policies}/simulate`, body);
export const policyEffect = (rules: PolicyRule[]) =>
  call<PolicyEffectReport>('POST', `${policies}/effect`, { rules });

const hostGroup = (id: string, more = '') => `${base}/host-groups/${encodeURIComponent(id)}${more}`;
export const listHostGroups = (q: string | undefined, cursor?: string) =>
  page<HostGroup>('/host-groups', { q, cursor });
export const readHostGroup = (id: string) => call<HostGroup>('GET', hostGroup(id));
export const addHostGroup = (body: CreateHostGroup) => change<HostGroup>('POST', `${base}/host-groups`, body);
export const changeHostGroup = (id: string, patch: PatchHostGroup) =>
  change<HostGroup>('PATCH', hostGroup(id), patch);
export const removeHostGroup = (id: string) => change<void>('DELETE', hostGroup(id));
export const listHostAccounts = (id: string, q: string | undefined, cursor?: string) =>
  page<HostAccount>(`/host-groups/${encodeURIComponent(id)}/accounts`, { q, cursor });
export const setHostAccount = (id: string, body: SetHostAccount) =>
  change<void>('PUT', hostGroup(id, '/accounts'), body);
export const makeJoinToken = (id: string) => change<JoinToken>('POST', hostGroup(id, '/join-tokens'));

export const apiDocumentAddress = '/api/openapi.json';
export const readApiDocument = () => call<ApiDocument>('GET', apiDocumentAddress);

export const readSettings = () => call<Settings>('GET', `${base}/settings`);
export const changeSettings = (patch: SettingsPatch) => change<Settings>('PATCH', `${base}/settings`, patch);

export const listTokens = (q: string | undefined, cursor?: string) =>
  page<ApiToken>('/tokens', { q, cursor });
export const makeToken = (body: CreateApiToken) => change<CreatedApiToken>('POST', `${base}/tokens`, body);
export const deleteToken = (id: string) => change<void>('DELETE', `${base}/tokens/${encodeURIComponent(id)}`);
export const listEvents = (filter: EventFilter, cursor?: string) =>
  page<Event>('/events', { ...filter, cursor });
export const listStepsOf = async (authentication: string) =>
  (
    await call<Page<Event>>('GET', `${base}/events?${query({ authentication, limit: 200 })}`)
  ).items.toReversed();
/** Where its browser follows new events, and where it finds them as a file. */
export const eventStream = (filter: EventFilter): string => `${base}/events/stream?${query({ ...filter })}`;
export const eventFile = (filter: EventFilter, format: ExportFormat): string =>
  `${base}/events/export?${query({ ...filter, format })}`;
const webhook = (id: string, more = '') => `${base}/webhooks/${encodeURIComponent(id)}${more}`;
export const listWebhooks = (q: string | undefined, cursor?: string) =>
  page<Webhook>('/webhooks', { q, cursor });
export const readWebhook = (id: string) => call<Webhook>('GET', webhook(id));
export const addWebhook = (body: CreateWebhook) => change<CreatedWebhook>('POST', `${base}/webhooks`, body);
export const changeWebhook = (id: string, patch: PatchWebhook) =>
  change<Webhook>('PATCH', webhook(id), patch);
export const makeWebhookSecret = (id: string) => change<CreatedWebhook>('POST', webhook(id, '/secret'));
export const testWebhook = (id: string) => change<WebhookTest>('POST', webhook(id, '/test'));
export const removeWebhook = (id: string) => change<void>('DELETE', webhook(id));
export const listDeliveries = (id: string, cursor?: string) =>
  page<WebhookDelivery>(`/webhooks/${encodeURIComponent(id)}/deliveries`, { cursor });

export const listReports = (kind: ReportKind | undefined, cursor?: string) =>
  page<AppReport>('/diagnostics', { kind, cursor });
export const listMails = (q: string | undefined, cursor?: string) => page<Mail>('/outbox', { q, cursor });
