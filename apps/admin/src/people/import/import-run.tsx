import { Button, Group, List, Progress, Stack, Table, Text } from '@mantine/core';
import { ProblemError } from '@countersign/ui/api';
import { Callout } from '../../layout/callout.tsx';
import { Failure } from '../../layout/failure.tsx';
import { Section } from '../../layout/section.tsx';
import styles from '../../list/list.module.css';
import { reportOf, type Run } from './use-import.ts';

/** So many lines are shown; the report has them all. */
const shown = 50;

/** How a check, or an import, goes and went: progress, counts, what is wrong with which line. */
export function ImportRun({ run, what }: { run: Run; what: 'check' | 'import' }) {
  const { begun, lines, bad, ended, error } = run;
  const preview = what === 'check' && bad.length === 0 ? lines.slice(0, 10) : bad.slice(0, shown);
  return (
    <Section title={what === 'check' ? 'What is in it' : 'What was imported'}>
      <Stack gap="md">
        {error !== undefined && <ImportFailure error={error} what={what} />}
        {!ended && error === undefined && (
          <>
            <Progress
              value={begun && begun.lines > 0 ? (lines.length / begun.lines) * 100 : 0}
              aria-label={what === 'check' ? 'Checking' : 'Importing'}
            />
            <Text>
              {begun
                ? `Line ${lines.length.toLocaleString()} of ${begun.lines.toLocaleString()}`
                : 'Sending the file'}
              {what === 'import' && '. Leaving this page stops it.'}
            </Text>
          </>
        )}
        {begun?.encoding === 'windows-1252' && (
          <Callout tone="warning">
            The file is not UTF-8 and was read as Windows-1252. Look whether names with accents are right.
          </Callout>
        )}
        {ended && <Summary run={run} what={what} />}
        {preview.length > 0 && <Lines lines={preview} />}
        {bad.length > shown && <Text>and {(bad.length - shown).toLocaleString()} more bad lines.</Text>}
        {ended && lines.length > 0 && (
          <Group>
            <Button variant="default" onClick={() => save(run)}>
              Save the report of every line
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

function Summary({ run: { ended, begun }, what }: { run: Run; what: 'check' | 'import' }) {
  const { added, good, bad, groups } = ended!;
  return (
    <div role="status">
      <List spacing={4}>
        {begun!.lines === 0 && <List.Item>There is nobody in it.</List.Item>}
        {what === 'check' && good > 0 && <List.Item>{good.toLocaleString()} can be added.</List.Item>}
        {what === 'import' && <List.Item>Added: {added.toLocaleString()}</List.Item>}
        {what === 'import' && good > 0 && (
          <List.Item>Nothing was imported, since a line has become bad meanwhile.</List.Item>
        )}
        {bad > 0 && <List.Item>{bad.toLocaleString()} cannot be added.</List.Item>}
        {groups.length > 0 && (
          <List.Item>
            {what === 'check' ? 'New groups: ' : 'Groups that were added: '}
            {groups.slice(0, shown).join(', ')}
            {groups.length > shown && ` and ${groups.length - shown} more`}
          </List.Item>
        )}
      </List>
    </div>
  );
}

const outcomes = { added: 'Added', good: 'Can be added', bad: 'Cannot be added' } as const;

function Lines({ lines }: { lines: Run['lines'] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Line</Table.Th>
            <Table.Th scope="col">Login name</Table.Th>
            <Table.Th scope="col">Result</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(({ line, login, outcome, problems }) => (
            <Table.Tr key={line}>
              <Table.Td>{line}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{login || '–'}</Table.Td>
              <Table.Td>{problems.length > 0 ? problems.join(' ') : outcomes[outcome]}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** Of a file that was refused whole, with what is wrong with its first line. */
function ImportFailure({ error, what }: { error: unknown; what: 'check' | 'import' }) {
  const columns = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  return (
    <>
      <Failure
        error={error}
        what={what === 'check' ? 'The file cannot be imported.' : 'The import did not end.'}
      />
      {columns.length > 0 && (
        <List>
          {columns.map(({ path, message }) => (
            <List.Item key={path}>
              <code>{path.slice(1) || '(empty)'}</code> {message}
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}

function save(run: Run): void {
  const address = URL.createObjectURL(reportOf(run));
  Object.assign(document.createElement('a'), { href: address, download: 'import-report.csv' }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
