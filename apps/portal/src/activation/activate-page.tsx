import { Box, Paper } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { PageTitle } from '../layout/page-title.tsx';
import { ActivationWizard } from './wizard.tsx';
import { t } from '../texts/texts.ts';

/** Enrolling, or replacing, a phone as a signed-in person. */
export function ActivatePage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = () => {
    void queries.invalidateQueries();
    void navigate({ to: '/security' });
  };
  return (
    <Box maw={480} mx="auto">
      <PageTitle>{t.activation.title}</PageTitle>
      <Paper withBorder radius="lg" p={{ base: 'md', xs: 'xl' }}>
        <ActivationWizard onDone={leave} onLeave={leave} />
      </Paper>
    </Box>
  );
}
