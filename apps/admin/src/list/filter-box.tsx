import { Checkbox } from '@mantine/core';
import styles from './list.module.css';

/** Narrows a list to those of which something is so. */
export function FilterBox(props: {
  label: string;
  checked: boolean;
  onChange: (checked: true | undefined) => void;
}) {
  const { label, checked, onChange } = props;
  return (
    <Checkbox
      className={styles.box}
      label={label}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked || undefined)}
    />
  );
}
