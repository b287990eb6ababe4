import type { Mail } from '@countersign/protocol/wire';

export const mailStates = {
  queued: { label: 'Waiting', tone: 'accent', meaning: 'It is sent as soon as the mail server takes it.' },
  sent: { label: 'Sent', tone: 'success', meaning: 'The mail server has taken it.' },
  failed: {
    label: 'Failed',
    tone: 'danger',
    meaning: 'The mail server did not take it, and it is not tried again.',
  },
  kept: { label: 'Kept', tone: 'quiet', meaning: 'There was no mail server. It went nowhere but here.' },
} as const satisfies Record<Mail['state'], { label: string; tone: string; meaning: string }>;
