import { Button, Checkbox, FileInput, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AboveLink } from '../../layout/above-link.tsx';
import { Page } from '../../layout/page.tsx';
import { Section } from '../../layout/section.tsx';
import { ImportRun } from './import-run.tsx';
import { useImport } from './use-import.ts';

/** A file is chosen, checked, and then imported. */
export function ImportPage() {
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [invite, setInvite] = useState(false);
  const [skip, setSkip] = useState(false);
  const check = useImport();
  const work = useImport();

  const choose = (next: File | null) => {
    setFile(next);
    work.forget();
    check.forget();
    if (next) void check.start(next, { dry_run: true });
  };
  const start = async () => {
    await work.start(file!, { invite, bad_lines: skip ? 'skip' : 'refuse' });
    for (const key of ['people', 'groups', 'events']) void client.invalidateQueries({ queryKey: [key] });
  };

  const found = check.run?.ended;
  const busy = work.run !== undefined && !work.run.ended && !work.run.error;
  const ready = found !== undefined && found.good > 0 && (found.bad === 0 || skip);
  return (
    <Page
      title="Import people"
      above={<AboveLink to="/people">People</AboveLink>}
      lead="Adds people from a CSV file. Whoever is here already is not changed."
      narrow
    >
      <Section title="The file">
        <Stack gap="md">
          <Text>
            Its first line names the columns: <code>login</code>, <code>email</code>, <code>name</code>, and
            where wanted <code>role</code> (user, read_only, help_desk, admin, owner), <code>groups</code>{' '}
            (names with <code>|</code> between them) and <code>state</code> (suspended, or empty). What{' '}
            <strong>Export</strong> writes is such a file.
          </Text>
          <FileInput
            label="CSV file"
            description="UTF-8, UTF-16 or Windows-1252; up to 32 MiB and 100,000 people."
            placeholder="Choose a file"
            accept=".csv,.txt,text/csv"
            value={file}
            onChange={choose}
            disabled={busy}
            clearable
            clearButtonProps={{ 'aria-label': 'Take the file away' }}
          />
        </Stack>
      </Section>
      {check.run && !work.run && <ImportRun run={check.run} what="check" />}
      {found && !work.run && found.good > 0 && (
        <Section title="Import">
          <Stack gap="md">
            <Checkbox
              label="Mail them an invitation"
              description="Two a second, so that the mail server takes them. Without one they cannot sign in until you invite them, on their page."
              checked={invite}
              onChange={(event) => setInvite(event.currentTarget.checked)}
            />
            {found.bad > 0 && (
              <Checkbox
                label="Skip the bad lines"
                description="Otherwise nothing is imported while there are any."
                checked={skip}
                onChange={(event) => setSkip(event.currentTarget.checked)}
              />
            )}
            <Group>
              <Button disabled={!ready} onClick={() => void start()}>
                Import {people(found.good)}
              </Button>
            </Group>
          </Stack>
        </Section>
      )}
      {work.run && <ImportRun run={work.run} what="import" />}
      {work.run?.ended && (
        <Group>
          <Button renderRoot={(props) => <Link to="/people" {...props} />}>See the people</Button>
          <Button variant="default" onClick={() => choose(null)}>
            Import another file
          </Button>
        </Group>
      )}
    </Page>
  );
}

const people = (count: number): string => (count === 1 ? 'one person' : `${count.toLocaleString()} people`);
