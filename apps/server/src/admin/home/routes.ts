import { Attention, List, Problem, Statistics } from '@countersign/protocol/wire';
import type { Outbox } from '../../mail/outbox.ts';
import type { App } from '../../platform/http/app.ts';
import type { Platform } from '../../platform/platform.ts';
import { demandAdmin, may } from '../access.ts';
import { whatNeedsAttention } from './attention.ts';
import { readStatistics } from './statistics.ts';

/** What an administrator sees first. */

const tags = ['Administration'];

export function homeRoutes(app: App, needs: { platform: Platform; outbox: Outbox }): void {
  app.get(
    '/api/v1/admin/home/attention',
    {
      schema: {
        tags,
        summary: 'What needs attention, of what the role may read; the most urgent first',
        response: { 200: List(Attention), '4xx': Problem },
      },
    },
    async (request) => {
      const { role } = demandAdmin(request, 'read');
      return { items: await whatNeedsAttention((permission) => may(role, permission), needs) };
    },
  );

  app.get(
    '/api/v1/admin/home/statistics',
    {
      schema: {
        tags,
        summary:
          'Sign-ins of the last 30 days, and how many people have a second factor; days are those of UTC',
        response: { 200: Statistics, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return readStatistics(needs.platform);
    },
  );
}
