import { Button } from '@mantine/core';

/** What can be set up in the place of what the page shows. */
export interface OtherWay {
  label: string;
  onChoose: () => void;
}

export function OtherWays({ others }: { others: OtherWay[] }) {
  return others.map(({ label, onChoose }) => (
    <Button key={label} variant="subtle" onClick={onChoose}>
      {label}
    </Button>
  ));
}
