import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { AboveLink } from '../layout/above-link.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { addApplication } from '../server/admin-api.ts';
import { ApplicationForm } from './application-form.tsx';

export function AddApplicationPage() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const add = useMutation({
    mutationFn: addApplication,
    onSuccess: async ({ id, name }) => {
      void client.invalidateQueries({ queryKey: ['applications'] });
      say(`${name} is in everybody’s User Portal now.`, `/applications/${id}`);
      await navigate({ to: '/applications/$id', params: { id } });
    },
  });
  return (
    <Page
      title="Add bookmark"
      above={<AboveLink to="/applications">Applications</AboveLink>}
      lead="A logo can be added afterwards."
      narrow
    >
      <ApplicationForm act="Add bookmark" busy={add.isPending} error={add.error} onSubmit={add.mutate}>
        <Button variant="default" renderRoot={(props) => <Link to="/applications" {...props} />}>
          Cancel
        </Button>
      </ApplicationForm>
    </Page>
  );
}
