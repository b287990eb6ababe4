import { Anchor, DataList, Modal, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { Mail } from '@countersign/protocol/wire';
import { useState, type ReactNode } from 'react';
import { Tag } from '../layout/tag.tsx';
import { Time } from '../layout/time.tsx';
import styles from './mail-dialog.module.css';
import { mailStates } from './mail-states.ts';

/**
 * One mail as text, which says all that its HTML says. The HTML is not shown: in a frame it would be held to this page's
 * policy, which takes away its styles.
 */
export function MailDialog({ mail, onClose }: { mail: Mail | undefined; onClose: () => void }) {
  const isSmall = useMediaQuery('(max-width: 48em)');
  // Stays readable while the dialog closes.
  const [last, setLast] = useState(mail);
  if (mail && mail !== last) setLast(mail);
  const shown = mail ?? last;
  return (
    <Modal
      opened={mail !== undefined}
      onClose={onClose}
      title={shown?.subject}
      size="lg"
      fullScreen={isSmall}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {shown && <Content mail={shown} />}
    </Modal>
  );
}

function Content({ mail }: { mail: Mail }) {
  const state = mailStates[mail.state];
  return (
    <>
      <DataList size="sm" gap={6} labelWidth="6rem">
        <Fact label="To">{mail.to}</Fact>
        <Fact label="Written">
          <Time at={mail.created_at} precise />
        </Fact>
        <Fact label="State">
          <Tag tone={state.tone}>{state.label}</Tag>{' '}
          <Text span size="sm" c="var(--cs-text-quiet)">
            {state.meaning}
          </Text>
        </Fact>
        {mail.sent_at !== null && (
          <Fact label="Sent">
            <Time at={mail.sent_at} precise />
          </Fact>
        )}
        {mail.attempts > 0 && <Fact label="Tries">{mail.attempts}</Fact>}
        {mail.last_error !== null && <Fact label="Error">{mail.last_error}</Fact>}
      </DataList>
      <div className={styles.text}>{withLinks(mail.text)}</div>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue>{children}</DataList.ItemValue>
    </DataList.Item>
  );
}

/** The text with its web addresses as links. They open apart, since they are meant for somebody else. */
function withLinks(text: string): ReactNode[] {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <Anchor key={index} href={part} target="_blank" rel="noreferrer noopener">
        {part}
      </Anchor>
    ),
  );
}
