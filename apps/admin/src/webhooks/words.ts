import type { WebhookDelivery, WebhookState } from '@countersign/protocol/wire';

export const webhookStates = {
  active: { label: 'On', tone: 'success' },
  paused: { label: 'Paused', tone: 'quiet' },
  disabled: { label: 'Turned off after failures', tone: 'danger' },
} as const satisfies Record<WebhookState, { label: string; tone: string }>;

export const deliveryStates = {
  pending: { label: 'Waiting', tone: 'accent' },
  delivered: { label: 'Delivered', tone: 'success' },
  failed: { label: 'Given up', tone: 'danger' },
} as const satisfies Record<WebhookDelivery['state'], { label: string; tone: string }>;
