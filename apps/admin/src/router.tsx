import type { ReportKind } from '@countersign/protocol/wire';
import { isProblem } from '@countersign/ui/api';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { NotFound, Root, RoomFailed } from './root.tsx';
import { readEventSearch } from './events/search.ts';
import { hostStates } from './hosts/words.ts';
import { roles, states } from './people/words.ts';
import { kinds } from './reports/words.ts';
import type { HostFilter, PeopleFilter } from './server/admin-api.ts';
import { sessionQuery } from './session/session.ts';

/** Every address of the Admin Portal. A room's code loads when it is first entered. */

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFound,
});

const words = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : undefined;
const yes = (value: unknown): true | undefined => (value === true ? true : undefined);
const searchOnly = ({ q }: Record<string, unknown>): { q?: string } => ({ q: words(q) });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // A way back within this portal, and nowhere else.
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } => ({
    to: typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : undefined,
  }),
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const room = createRoute({
  getParentRoute: () => root,
  id: 'room',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isProblem(error, 'no_session')) throw redirect({ to: '/sign-in', search: { to: location.href } });
      throw error;
    }
  },
  errorComponent: RoomFailed,
  component: lazyRouteComponent(() => import('./layout/shell.tsx'), 'Shell'),
});

const home = createRoute({
  getParentRoute: () => room,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
});

const people = createRoute({
  getParentRoute: () => room,
  path: '/people',
  validateSearch: ({
    q,
    state,
    role,
    without_factor,
    factor_locked,
  }: Record<string, unknown>): PeopleFilter => ({
    q: words(q),
    state: states.find((each) => each === state),
    role: roles.find((each) => each === role),
    without_factor: yes(without_factor),
    factor_locked: yes(factor_locked),
  }),
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
});

const addPerson = createRoute({
  getParentRoute: () => room,
  path: '/people/new',
  component: lazyRouteComponent(() => import('./people/add-person-page.tsx'), 'AddPersonPage'),
});

const phones = createRoute({
  getParentRoute: () => room,
  path: '/people/phones',
  validateSearch: searchOnly,
  component: lazyRouteComponent(() => import('./people/phones-page.tsx'), 'PhonesPage'),
});

const enrolment = createRoute({
  getParentRoute: () => room,
  path: '/people/enrolment',
  validateSearch: ({ q, group_id }: Record<string, unknown>): { q?: string; group_id?: string } => ({
    q: words(q),
    group_id: words(group_id),
  }),
  component: lazyRouteComponent(() => import('./enrolment/enrolment-page.tsx'), 'EnrolmentPage'),
});

const importPeople = createRoute({
  getParentRoute: () => room,
  path: '/people/import',
  component: lazyRouteComponent(() => import('./people/import/import-page.tsx'), 'ImportPage'),
});

const person = createRoute({
  getParentRoute: () => room,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./people/person-page.tsx'), 'PersonPage'),
});

const groups = createRoute({
  getParentRoute: () => room,
  path: '/groups',
  validateSearch: searchOnly,
  component: lazyRouteComponent(() => import('./groups/groups-page.tsx'), 'GroupsPage'),
});

const group = createRoute({
  getParentRoute: () => room,
  path: '/groups/$id',
  component: lazyRouteComponent(() => import('./groups/group-page.tsx'), 'GroupPage'),
});

const applications = createRoute({
  getParentRoute: () => room,
  path: '/applications',
  validateSearch: searchOnly,
  component: lazyRouteComponent(() => import('./applications/applications-page.tsx'), 'ApplicationsPage'),
});

const addApplication = createRoute({
  getParentRoute: () => room,
  path: '/applications/new',
  component: lazyRouteComponent(
    () => import('./applications/add-application-page.tsx'),
    'AddApplicationPage',
  ),
});

const application = createRoute({
  getParentRoute: () => room,
  path: '/applications/$id',
  component: lazyRouteComponent(() => import('./applications/application-page.tsx'), 'ApplicationPage'),
});

const hosts = createRoute({
  getParentRoute: () => room,
  path: '/devices',
  validateSearch: ({ q, group_id, state, silent }: Record<string, unknown>): HostFilter => ({
    q: words(q),
    group_id: words(group_id),
    state: hostStates.find((each) => each === state),
    silent: yes(silent),
  }),
  component: lazyRouteComponent(() => import('./hosts/hosts-page.tsx'), 'HostsPage'),
});

const host = createRoute({
  getParentRoute: () => room,
  path: '/devices/$id',
  component: lazyRouteComponent(() => import('./hosts/host-page.tsx'), 'HostPage'),
});

const hostGroups = createRoute({
  getParentRoute: () => room,
  path: '/devices/groups',
  validateSearch: searchOnly,
  component: lazyRouteComponent(() => import('./hosts/host-groups-page.tsx'), 'HostGroupsPage'),
});

const hostGroup = createRoute({
  getParentRoute: () => room,
  path: '/devices/groups/$id',
  component: lazyRouteComponent(() => import('./hosts/host-group-page.tsx'), 'HostGroupPage'),
});

const policies = createRoute({
  getParentRoute: () => room,
  path: '/policies',
  component: lazyRouteComponent(() => import('./policies/policies-page.tsx'), 'PoliciesPage'),
});

const settings = createRoute({
  getParentRoute: () => room,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
});

const tokens = createRoute({
  getParentRoute: () => room,
  path: '/settings/tokens',
  validateSearch: ({ q, expiring }: Record<string, unknown>): { q?: string; expiring?: true } => ({
    q: words(q),
    expiring: yes(expiring),
  }),
  component: lazyRouteComponent(() => import('./tokens/tokens-page.tsx'), 'TokensPage'),
});

const api = createRoute({
  getParentRoute: () => room,
  path: '/settings/api',
  validateSearch: searchOnly,
  component: lazyRouteComponent(() => import('./api/api-page.tsx'), 'ApiPage'),
});

const events = createRoute({
  getParentRoute: () => room,
  path: '/events',
  validateSearch: readEventSearch,
  component: lazyRouteComponent(() => import('./events/events-page.tsx'), 'EventsPage'),
});

const authentication = createRoute({
  getParentRoute: () => room,
  path: '/events/authentication/$id',
  component: lazyRouteComponent(() => import('./events/authentication-page.tsx'), 'AuthenticationPage'),
});

const webhooks = createRoute({
  getParentRoute: () => room,
  path: '/webhooks',
  validateSearch: ({ q, failing }: Record<string, unknown>): { q?: string; failing?: true } => ({
    q: words(q),
    failing: yes(failing),
  }),
  component: lazyRouteComponent(() => import('./webhooks/webhooks-page.tsx'), 'WebhooksPage'),
});

const webhook = createRoute({
  getParentRoute: () => room,
  path: '/webhooks/$id',
  component: lazyRouteComponent(() => import('./webhooks/webhook-page.tsx'), 'WebhookPage'),
});

const reports = createRoute({
  getParentRoute: () => room,
  path: '/reports',
  validateSearch: ({ kind }: Record<string, unknown>): { kind?: ReportKind } => ({
    kind: kinds.find(({ value }) => value === kind)?.value,
  }),
  component: lazyRouteComponent(() => import('./reports/reports-page.tsx'), 'ReportsPage'),
});

const fraudReports = createRoute({
  getParentRoute: () => room,
  path: '/fraud-reports',
  validateSearch: ({ q, which }: Record<string, unknown>): { q?: string; which?: 'reviewed' | 'all' } => ({
    q: words(q),
    which: which === 'reviewed' || which === 'all' ? which : undefined,
  }),
  component: lazyRouteComponent(() => import('./fraud-reports/fraud-reports-page.tsx'), 'FraudReportsPage'),
});

const outbox = createRoute({
  getParentRoute: () => room,
  path: '/outbox',
  validateSearch: ({ q, failing }: Record<string, unknown>): { q?: string; failing?: true } => ({
    q: words(q),
    failing: yes(failing),
  }),
  component: lazyRouteComponent(() => import('./outbox/outbox-page.tsx'), 'OutboxPage'),
});

const routeTree = root.addChildren([
  signIn,
  room.addChildren([
    home,
    people,
    addPerson,
    importPeople,
    phones,
    enrolment,
    person,
    groups,
    group,
    applications,
    addApplication,
    application,
    hosts,
    host,
    hostGroups,
    hostGroup,
    policies,
    settings,
    tokens,
    api,
    events,
    authentication,
    webhooks,
    webhook,
    reports,
    fraudReports,
    outbox,
  ]),
]);

export const createAdminRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    basepath: '/admin',
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAdminRouter>;
  }
}
