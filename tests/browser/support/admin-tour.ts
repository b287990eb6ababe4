import { expect, type Page } from '@playwright/test';
import type { Demonstration } from '../../support/demonstration.ts';

/** Every address of the Admin Portal, by the name of its picture, with something to show on each. */
export async function adminPages({ owner }: Demonstration): Promise<Record<string, string>> {
  const idOf = async (list: string, which: (item: any) => boolean = () => true): Promise<string> => {
    const { body } = await owner.get(`/api/v1/admin/${list}`);
    const found = body.items.find(which);
    expect(found, list).toBeDefined();
    return found.id;
  };
  const { body } = await owner.get('/api/v1/admin/events?type=authentication.completed');
  return {
    home: '/',
    people: '/people',
    person: `/people/${await idOf('users?limit=200', ({ factors }) => factors.length > 0)}`,
    'add-person': '/people/new',
    enrolment: '/people/enrolment',
    'unreachable-phones': '/people/phones',
    'import-people': '/people/import',
    groups: '/groups',
    group: `/groups/${await idOf('groups')}`,
    applications: '/applications',
    application: `/applications/${await idOf('applications')}`,
    'add-application': '/applications/new',
    devices: '/devices',
    device: `/devices/${await idOf('hosts')}`,
    'device-groups': '/devices/groups',
    'device-group': `/devices/groups/${await idOf('host-groups')}`,
    policies: '/policies',
    settings: '/settings',
    tokens: '/settings/tokens',
    api: '/settings/api',
    events: '/events',
    authentication: `/events/authentication/${body.items[0].authentication_id}`,
    webhooks: '/webhooks',
    webhook: `/webhooks/${await idOf('webhooks')}`,
    reports: '/reports',
    'fraud-reports': '/fraud-reports',
    outbox: '/outbox',
  };
}

/** Signs this page's browser in as the demonstration's owner. */
export async function comeAsOwner(page: Page, { url, owner }: Demonstration): Promise<void> {
  await page.context().addCookies([...owner.cookies].map(([name, value]) => ({ name, value, url })));
}

/** Waits until the page has what it shows. */
export async function openAdminPage(page: Page, url: string, path: string): Promise<void> {
  await page.goto(`${url}/admin${path}`);
  await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
  await expect(page.locator('.mantine-Skeleton-root, .mantine-Loader-root')).toHaveCount(0);
}
