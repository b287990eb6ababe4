import { Code, DataList, Table } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Datum } from '../layout/datum.tsx';
import styles from './api.module.css';
import { needOf, schemaInWords, schemaOf, type ApiCall, type Schema } from './document.ts';

/** One call, which opens to what it takes and what it answers. */
export function CallItem({ call }: { call: ApiCall }) {
  const [opened, setOpened] = useState(false);
  return (
    <li className={styles.item}>
      <details onToggle={(toggled) => setOpened(toggled.currentTarget.open)}>
        <summary className={styles.summary}>
          <IconChevronRight size={16} className={styles.chevron} aria-hidden />
          <code className={styles.address}>
            <strong>{call.method}</strong> {call.path}
          </code>
          <span className={styles.what}>{call.summary}</span>
        </summary>
        {opened && <CallDetails call={call} />}
      </details>
    </li>
  );
}

function CallDetails({ call }: { call: ApiCall }) {
  const need = needOf(call);
  const body = schemaOf(call.requestBody?.content);
  return (
    <div className={styles.details}>
      {call.description && <p>{call.description}</p>}
      {need && (
        <DataList size="sm" labelWidth="8rem">
          <Datum label="It needs">{need}</Datum>
        </DataList>
      )}
      {call.parameters && <Parameters parameters={call.parameters} />}
      {body && <Form title="Body" schema={body} />}
      {Object.entries(call.responses).map(([status, { content }]) => {
        const schema = schemaOf(content);
        const title = status === '4XX' ? 'Refusals (RFC 9457)' : `Answer ${status}`;
        return schema ? (
          <Form key={status} title={title} schema={schema} />
        ) : (
          <p key={status} className={styles.term}>
            {title}: nothing
          </p>
        );
      })}
    </div>
  );
}

const Parameters = ({ parameters }: { parameters: NonNullable<ApiCall['parameters']> }) => (
  <Table withTableBorder mt="sm" className={styles.parameters}>
    <Table.Thead>
      <Table.Tr>
        <Table.Th scope="col">Parameter</Table.Th>
        <Table.Th scope="col">In</Table.Th>
        <Table.Th scope="col">What</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {parameters.map(({ name, in: where, required, schema }) => (
        <Table.Tr key={`${where} ${name}`}>
          <Table.Th scope="row">
            <code>{name}</code>
          </Table.Th>
          <Table.Td>{where}</Table.Td>
          <Table.Td>
            {schemaInWords(schema)}
            {required ? '' : ', may be left out'}
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

const Form = ({ title, schema }: { title: string; schema: Schema }) => (
  <>
    <p className={styles.term}>{title}</p>
    <Code block tabIndex={0} role="region" aria-label={title} className={styles.code}>
      {schemaInWords(schema)}
    </Code>
  </>
);
