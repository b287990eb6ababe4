import type { Application } from '@countersign/protocol/wire';
import { applicationView } from '../../applications/applications.ts';
import { listGroupsOfApplication, type ApplicationRow } from '../../applications/store.ts';
import { clientView } from '../../oidc/clients.ts';
import { entityTag } from '../../platform/http/entity-tag.ts';
import type { Queryable, Store } from '../../platform/store/store.ts';
import { serviceProviderView } from '../../saml/service-providers.ts';

/** Shows an application, with what its protocol keeps of it, as it is in the store or within a transaction. */
export const createApplicationView =
  (store: Store, issuer: string) =>
  async (row: ApplicationRow, on: Queryable = store): Promise<Application> => {
    const groups = await listGroupsOfApplication.all(on, { application_id: row.id });
    const view = {
      ...applicationView(row, groups, issuer),
      oidc: row.kind === 'oidc' ? await clientView(on, row.id) : null,
      saml: row.kind === 'saml' ? await serviceProviderView(on, row.id) : null,
    };
    // That a group got another name is no change of what is for it.
    return { ...view, etag: entityTag({ ...view, groups: groups.map(({ id }) => id).sort() }) };
  };
