import { useEffect } from 'react';
import { t } from '../texts/texts.ts';

/** The number that the sign-in page or a prompt shows, or a program or the help desk tells, typed on a pad, or on a keyboard where there is one. */
export function NumberPad({
  shownBy,
  length,
  value,
  onChange,
  onDone,
}: {
  /** `nobody`: a program or the help desk tells it. */
  shownBy: 'page' | 'prompt' | 'nobody';
  length: number;
  value: string;
  onChange: (value: string) => void;
  onDone: () => void;
}) {
  const press = (digit: string) => value.length < length && onChange(value + digit);
  useEffect(() => {
    const onKey = ({ key, target }: KeyboardEvent) => {
      if (/^[0-9]$/.test(key)) press(key);
      if (key === 'Backspace') onChange(value.slice(0, -1));
      if (key === 'Enter' && value.length === length && !(target instanceof HTMLButtonElement)) onDone();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [value, length]);
  return (
    <div className="number-match" role="group" aria-label={t.request.number[shownBy]}>
      <p>{t.request.typeNumber[shownBy]}</p>
      <output
        className="number-typed"
        aria-label={value ? t.request.typed([...value].join(' ')) : t.request.typedNothing}
      >
        {Array.from({ length }, (_, index) => (
          <span key={index} className={index === value.length ? 'digit next' : 'digit'}>
            {value[index] ?? ''}
          </span>
        ))}
      </output>
      <div className="pad">
        {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
          <button key={digit} type="button" onClick={() => press(digit)}>
            {digit}
          </button>
        ))}
        <span />
        <button type="button" onClick={() => press('0')}>
          0
        </button>
        <button type="button" aria-label={t.request.deleteDigit} onClick={() => onChange(value.slice(0, -1))}>
          ⌫
        </button>
      </div>
    </div>
  );
}
