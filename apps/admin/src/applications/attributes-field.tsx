import { Button, Fieldset, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { SamlAttribute } from '@countersign/protocol/wire';

const sources: { value: SamlAttribute['source']; label: string }[] = [
  { value: 'email', label: 'E-mail address' },
  { value: 'name', label: 'Name' },
  { value: 'login', label: 'Login name' },
  { value: 'groups', label: 'Groups' },
  { value: 'language', label: 'Language' },
  { value: 'id', label: 'Id' },
  { value: 'fixed', label: 'The same for everybody' },
];
const formats = [
  { value: 'unspecified', label: 'Unspecified (usual)' },
  { value: 'uri', label: 'URI' },
  { value: 'basic', label: 'Basic' },
];

/** The attributes of an assertion. */
export function AttributesField(props: {
  attributes: SamlAttribute[];
  onChange: (attributes: SamlAttribute[]) => void;
  /** Of `attributes/0/name` and the like. */
  problem: (member: string) => string | undefined;
}) {
  const { attributes, onChange, problem } = props;
  const change = (index: number, attribute: SamlAttribute) =>
    onChange(attributes.map((each, at) => (at === index ? attribute : each)));
  const add = () => onChange([...attributes, { name: '', source: 'email' }]);
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600}>Attributes</Text>
        <Text size="sm" c="var(--cs-text-quiet)">
          What else it is told of a person, under the names that it expects.
        </Text>
      </div>
      {attributes.map((attribute, index) => (
        <AttributeFields
          // An attribute has nothing but its place that stays while its name is typed.
          key={index}
          legend={`Attribute ${index + 1}`}
          attribute={attribute}
          onChange={(changed) => change(index, changed)}
          onRemove={() => onChange(attributes.filter((_, at) => at !== index))}
          problem={(member) => problem(`attributes/${index}/${member}`)}
        />
      ))}
      <Group>
        <Button variant="default" size="sm" onClick={add} disabled={attributes.length >= 50}>
          Add an attribute
        </Button>
      </Group>
    </Stack>
  );
}

function AttributeFields(props: {
  legend: string;
  attribute: SamlAttribute;
  onChange: (attribute: SamlAttribute) => void;
  onRemove: () => void;
  problem: (member: string) => string | undefined;
}) {
  const { legend, attribute, onChange, onRemove, problem } = props;
  const { name, source, value, name_format = 'unspecified' } = attribute;
  const setSource = (to: SamlAttribute['source']) => {
    const { value: _, ...rest } = attribute;
    onChange({ ...rest, source: to, ...(to === 'fixed' ? { value: '' } : {}) });
  };
  return (
    <Fieldset legend={legend}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => onChange({ ...attribute, name: event.currentTarget.value })}
          error={problem('name')}
          spellCheck={false}
          autoComplete="off"
        />
        <Group grow preventGrowOverflow={false} align="flex-start">
          <NativeSelect
            label="It tells"
            data={sources}
            value={source}
            onChange={(event) => setSource(event.currentTarget.value as SamlAttribute['source'])}
          />
          <NativeSelect
            label="Form of the name"
            data={formats}
            value={name_format}
            onChange={(event) =>
              onChange({
                ...attribute,
                name_format: event.currentTarget.value as SamlAttribute['name_format'],
              })
            }
          />
        </Group>
        {source === 'fixed' && (
          <TextInput
            label="Value"
            value={value ?? ''}
            onChange={(event) => onChange({ ...attribute, value: event.currentTarget.value })}
            error={problem('value')}
            spellCheck={false}
            autoComplete="off"
          />
        )}
        <div>
          <Button variant="subtle" size="compact-sm" onClick={onRemove} aria-label={`Remove ${legend}`}>
            Remove
          </Button>
        </div>
      </Stack>
    </Fieldset>
  );
}
