import { Table } from '@mantine/core';
import { useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import styles from './charts.module.css';
import { dayAfterKey, linesOf, topOf } from './scale.ts';

/** What is stacked: its look tells it from the others without colours, too. */
export interface Series {
  label: string;
  look: 'plain' | 'hatched' | 'dotted';
  /** Beside its label in the legend. */
  total: string;
  /** By the day; null where nothing is known. */
  values: readonly (number | null)[];
}

const short = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const long = new Intl.DateTimeFormat('en', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});
const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/**
 * A column a day. Its days are gone through with the arrow keys, or by pointing at them; the same stands in a table. It is
 * boxes and style sheets and no library: the largest of its lists has thirty days.
 */
export function DayBars(props: {
  title: string;
  days: readonly string[];
  series: readonly Series[];
  /** In place of the chart while there is nothing to show. */
  empty: string;
}) {
  const { title, days, series, empty } = props;
  const [chosen, setChosen] = useState(days.length - 1);
  const at = Math.min(chosen, days.length - 1);
  const sums = days.map((_, day) => series.reduce((sum, { values }) => sum + (values[day] ?? 0), 0));
  const top = topOf(Math.max(...sums));
  const isEmpty = sums.every((sum) => sum === 0);

  const inWords = (day: number): string =>
    series.every(({ values }) => values[day] === null)
      ? `${long.format(dateOf(days[day]!))}: not known`
      : `${long.format(dateOf(days[day]!))}: ${series
          .map(({ label, values }) => `${(values[day] ?? 0).toLocaleString('en')} ${label.toLowerCase()}`)
          .join(', ')}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const to = dayAfterKey(event.key, at, days.length);
    if (to === undefined) return;
    event.preventDefault();
    setChosen(to);
  };
  const onPoint = ({ currentTarget, clientX }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setChosen(Math.max(0, Math.min(days.length - 1, Math.floor(((clientX - left) / width) * days.length))));
  };

  if (isEmpty) return <p className={styles.empty}>{empty}</p>;
  return (
    <figure className={styles.chart}>
      <ul className={styles.legend}>
        {series.map(({ label, look, total }) => (
          <li key={label}>
            <span className={styles.swatch} data-look={look} aria-hidden />
            {label}: <strong>{total}</strong>
          </li>
        ))}
      </ul>
      <div className={styles.plot}>
        <div className={styles.axis} aria-hidden>
          {linesOf(top).map((line) => (
            <span key={line} style={{ '--at': line / top } as CSSProperties}>
              {line.toLocaleString('en')}
            </span>
          ))}
        </div>
        <div
          className={styles.columns}
          role="slider"
          tabIndex={0}
          aria-label={`${title}, day by day`}
          aria-valuemin={1}
          aria-valuemax={days.length}
          aria-valuenow={at + 1}
          aria-valuetext={inWords(at)}
          onKeyDown={onKeyDown}
          onPointerDown={onPoint}
          onPointerMove={onPoint}
        >
          {days.map((day, index) => (
            <div key={day} className={styles.column} data-chosen={index === at || undefined}>
              {series.toReversed().map(({ label, look, values }) => (
                <div
                  key={label}
                  className={styles.bar}
                  data-look={look}
                  style={{ '--share': (values[index] ?? 0) / top } as CSSProperties}
                  data-none={!values[index] || undefined}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
      <div className={styles.ends} aria-hidden>
        <span>{short.format(dateOf(days[0]!))}</span>
        <span>{short.format(dateOf(days.at(-1)!))}</span>
      </div>
      <p className={styles.readout}>{inWords(at)}</p>
      <details className={styles.details}>
        <summary>As a table</summary>
        <Table className={styles.table} verticalSpacing={4} horizontalSpacing={4} aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Day</Table.Th>
              {series.map(({ label }) => (
                <Table.Th key={label} scope="col">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days
              .map((day, index) => (
                <Table.Tr key={day}>
                  <Table.Th scope="row">{short.format(dateOf(day))}</Table.Th>
                  {series.map(({ label, values }) => (
                    <Table.Td key={label}>{values[index]?.toLocaleString('en') ?? '–'}</Table.Td>
                  ))}
                </Table.Tr>
              ))
              .toReversed()}
          </Table.Tbody>
        </Table>
      </details>
    </figure>
  );
}
