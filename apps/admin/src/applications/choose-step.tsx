import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { kinds, known, type Choice } from './kinds.ts';

/** The first step: what is added. */
export function ChooseStep({ onChoose }: { onChoose: (id: string) => void }) {
  const [chosen, setChosen] = useState('oidc');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(chosen);
      }}
    >
      <Radio.Group label="What is added" value={chosen} onChange={setChosen} mb="lg">
        <Choices title="Known applications" choices={known} />
        <Choices title="Any other" choices={kinds} />
      </Radio.Group>
      <Group>
        <Button type="submit">Continue</Button>
        <Button variant="default" renderRoot={(props) => <Link to="/applications" {...props} />}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}

function Choices({ title, choices }: { title: string; choices: Choice[] }) {
  return (
    <Stack gap="sm" mt="md">
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {choices.map(({ id, label, text }) => (
        <Radio key={id} value={id} label={label} description={text} />
      ))}
    </Stack>
  );
}
