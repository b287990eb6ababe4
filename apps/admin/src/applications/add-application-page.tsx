import { Button } from '@mantine/core';
import type { Application, CreateApplication, CreatedApplication } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { AboveLink } from '../layout/above-link.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { addApplication } from '../server/admin-api.ts';
import { ApplicationForm } from './application-form.tsx';
import { ChooseStep } from './choose-step.tsx';
import { SetUpStep } from './set-up-step.tsx';
import { TemplateForm } from './template-form.tsx';
import { templates } from './templates.ts';
import { ToldForm } from './told-form.tsx';

const above = <AboveLink to="/applications">Applications</AboveLink>;

/** Step by step: what it is, its details, what a service provider is told, and what is typed into it. */
export function AddApplicationPage() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const [choice, setChoice] = useState<string>();
  const [made, setMade] = useState<CreatedApplication>();
  const [isTold, setTold] = useState(false);
  const template = templates.find(({ id }) => id === choice);
  const kind = template?.kind ?? (choice as Application['kind']);
  const steps = choice === undefined || kind === 'saml' ? 4 : kind === 'oidc' ? 3 : 2;
  const add = useMutation({
    mutationFn: (values: CreateApplication) => addApplication({ kind, ...values }),
    onSuccess: async (added) => {
      void client.invalidateQueries({ queryKey: ['applications'] });
      if (added.kind !== 'bookmark') return setMade(added);
      say(`${added.name} is in everybody’s User Portal now.`, `/applications/${added.id}`);
      await navigate({ to: '/applications/$id', params: { id: added.id } });
    },
  });
  const stepOf = (number: number, words: string) => `Step ${number} of ${steps}: ${words}`;

  if (choice === undefined) {
    return (
      <Page key="choose" title="Add application" above={above} lead="Step 1: what is it?" narrow>
        <ChooseStep onChoose={setChoice} />
      </Page>
    );
  }
  if (!made) {
    const form = {
      busy: add.isPending,
      error: add.error,
      onSubmit: (values: CreateApplication) => add.mutate(values),
      children: (
        <>
          <Button
            variant="default"
            onClick={() => {
              add.reset();
              setChoice(undefined);
            }}
          >
            Back
          </Button>
          <Button variant="subtle" renderRoot={(props) => <Link to="/applications" {...props} />}>
            Cancel
          </Button>
        </>
      ),
    };
    return (
      <Page
        key="details"
        title={template ? `Add ${template.name}` : 'Add application'}
        above={above}
        lead={stepOf(2, 'what has to be known of it. A logo can be added afterwards.')}
        narrow
      >
        {template ? (
          <TemplateForm template={template} {...form} />
        ) : (
          <ApplicationForm kind={kind} act="Add application" {...form} />
        )}
      </Page>
    );
  }
  if (made.saml && !isTold) {
    return (
      <Page
        key="told"
        title={`${made.name}: what it is told`}
        above={above}
        lead={stepOf(3, 'of the people who sign in.')}
        narrow
      >
        <ToldForm
          application={made}
          act="Save and continue"
          onSaved={(saved) => {
            setMade({ ...made, ...saved });
            setTold(true);
          }}
        />
      </Page>
    );
  }
  return (
    <Page
      key="set-up"
      title={`${made.name} is added`}
      above={above}
      lead={stepOf(steps, 'what is done at the application.')}
      narrow
    >
      <SetUpStep made={made} template={template} />
    </Page>
  );
}
