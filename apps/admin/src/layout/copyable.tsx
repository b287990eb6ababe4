import { Button, Code, CopyButton, Group, Text } from '@mantine/core';

/** A value that is typed elsewhere, with a button that copies it. */
export function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text fw={600} size="sm">
        {name}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
        <Copy value={value} name={name} />
      </Group>
    </div>
  );
}

/** What is typed or pasted elsewhere: a part of a configuration file, or a command, which `wraps` so that all of it is seen. */
export function Snippet({ name, code, wraps = false }: { name: string; code: string; wraps?: boolean }) {
  return (
    <div>
      <Code
        block
        tabIndex={0}
        role="region"
        aria-label={name}
        mb="xs"
        style={wraps ? { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } : undefined}
      >
        {code}
      </Code>
      <Copy value={code} name={name} />
    </div>
  );
}

function Copy({ value, name }: { value: string; name: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          style={{ flex: 'none' }}
          aria-label={`Copy: ${name}`}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  );
}
