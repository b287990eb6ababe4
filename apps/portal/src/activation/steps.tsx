import { VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { t } from '../texts/texts.ts';

/** Where in the wizard one is. `current` counts from 0; past the last all are done. */
export function Steps({ current }: { current: number }) {
  return (
    <ol className="steps">
      {t.activation.steps.map((label, index) => (
        <li
          key={label}
          aria-current={index === current ? 'step' : undefined}
          data-state={index < current ? 'done' : index === current ? 'current' : 'ahead'}
        >
          <span className="steps-mark" aria-hidden>
            {index < current ? <IconCheck size={16} stroke={3} /> : index + 1}
          </span>
          {label}
          {index < current && <VisuallyHidden>{t.activation.stepDone}</VisuallyHidden>}
        </li>
      ))}
    </ol>
  );
}
