import { Anchor, Checkbox, NumberInput, Radio, Stack, Switch, TextInput } from '@mantine/core';
import { localTime, timeOfLocal } from '../layout/local-time.ts';
import { factors, unitOf, valueInWords, type Field, type Value } from './fields.ts';
import styles from './setting-field.module.css';

interface SettingProps {
  field: Field;
  value: Value;
  error: string | undefined;
  readOnly: boolean;
  /** `null` restores the default. */
  onChange: (value: Value | null) => void;
}

/** Where the focus goes for a field that is not right. */
export const controlId = ({ path }: Field): string => `setting-${path}`;

export function SettingField(props: SettingProps) {
  const { field, value, onChange, readOnly } = props;
  const isDefault = JSON.stringify(value) === JSON.stringify(field.default);
  if (readOnly) return <ReadOnly field={field} value={value} />;
  return (
    <div className={styles.field} data-kind={field.kind}>
      <Control {...props} />
      <p className={styles.default}>
        Default: {valueInWords(field, field.default)}
        {!isDefault && (
          <>
            {' · '}
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => onChange(null)}
              aria-label={`Use the default for: ${field.label}`}
            >
              Use the default
            </Anchor>
          </>
        )}
      </p>
    </div>
  );
}

function ReadOnly({ field, value }: Pick<SettingProps, 'field' | 'value'>) {
  return (
    <div className={styles.field}>
      <div className={styles.readOnly}>
        <strong>{field.label}</strong>
        <span>{valueInWords(field, value)}</span>
      </div>
      <p className={styles.default}>
        {field.text} Default: {valueInWords(field, field.default)}
      </p>
    </div>
  );
}

function Control({ field, value, error, onChange }: Omit<SettingProps, 'readOnly'>) {
  const words = { id: controlId(field), label: field.label, description: field.text, error };
  switch (field.kind) {
    case 'text':
      return (
        <TextInput
          {...words}
          value={value as string}
          maxLength={field.maxLength}
          onChange={(event) => onChange(event.currentTarget.value)}
          classNames={{ wrapper: styles.text }}
        />
      );
    case 'switch':
      return (
        <Switch
          {...words}
          checked={value as boolean}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'factors':
      return (
        <Checkbox.Group
          {...words}
          value={value as string[]}
          onChange={(chosen) =>
            onChange(factors.map((each) => each.value).filter((each) => chosen.includes(each)))
          }
        >
          <Stack gap="xs" mt="sm" mb={4}>
            {factors.map(({ value: factor, label, text }) => (
              <Checkbox key={factor} value={factor} label={label} description={text} />
            ))}
          </Stack>
        </Checkbox.Group>
      );
    case 'number':
      return (
        <NumberInput
          {...words}
          value={value as number | string}
          min={field.min}
          max={field.max}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          suffix={` ${unitOf(field, value)}`}
          onChange={onChange}
          classNames={{ wrapper: styles.number }}
        />
      );
    case 'time':
      return (
        <TextInput
          {...words}
          type="datetime-local"
          value={typeof value === 'number' ? localTime(value) : ''}
          onChange={(event) => onChange(timeOfLocal(event.currentTarget.value))}
          classNames={{ wrapper: styles.time }}
        />
      );
    case 'choice':
      return (
        <Radio.Group {...words} value={value as string} onChange={onChange}>
          <Stack gap="xs" mt="sm" mb={4}>
            {field.choices.map(({ value: choice, label, text }) => (
              <Radio key={choice} value={choice} label={label} description={text} />
            ))}
          </Stack>
        </Radio.Group>
      );
  }
}
