import { useRef, useState, type PointerEvent } from 'react';
import { nameOf, orderCodes, type Code } from '../codes/store.ts';
import { refreshCodes } from '../codes/use-codes.ts';
import { IssuerIcon } from '../codes/issuer-icon.tsx';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { CodeRow } from './code-row.tsx';
import { Icon, Notice } from './pieces.tsx';

/** The codes, in the person's order. */
export function CodeList({
  codes,
  mayOrder,
  current,
}: {
  codes: readonly Code[];
  mayOrder: boolean;
  current: string | undefined;
}) {
  const [ordering, setOrdering] = useState(false);
  if (ordering && mayOrder) return <Ordering codes={codes} onDone={() => setOrdering(false)} />;
  return (
    <>
      <ul className="list">
        {codes.map((code) => (
          <CodeRow key={code.id} code={code} current={current === code.id} />
        ))}
      </ul>
      {mayOrder && codes.length > 1 && (
        <button type="button" className="quiet" onClick={() => setOrdering(true)}>
          {t.home.order}
        </button>
      )}
    </>
  );
}

/** By dragging, or with the arrows; each move is kept at once. */
function Ordering({ codes, onDone }: { codes: readonly Code[]; onDone: () => void }) {
  const [ids, setIds] = useState(() => codes.map(({ id }) => id));
  const [problem, setProblem] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const [dragged, setDragged] = useState<string>();
  const shown = ids.flatMap((id) => codes.find((code) => code.id === id) ?? []);

  const keep = (order: string[]) => {
    orderCodes(order).then(refreshCodes, (error: unknown) => setProblem(inWords(error)));
  };
  const moved = (id: string, to: number): string[] => {
    const others = ids.filter((each) => each !== id);
    return [...others.slice(0, to), id, ...others.slice(to)];
  };
  const move = (id: string, by: number) => {
    const order = moved(id, ids.indexOf(id) + by);
    setIds(order);
    keep(order);
  };
  const drag = (event: PointerEvent) => {
    if (!dragged) return;
    const rows = [...list.current!.children] as HTMLElement[];
    const to = rows.filter((row) => {
      const { top, height } = row.getBoundingClientRect();
      return row.dataset.id !== dragged && event.clientY > top + height / 2;
    }).length;
    if (to !== ids.indexOf(dragged)) setIds(moved(dragged, to));
  };
  const drop = () => {
    if (dragged) keep(ids);
    setDragged(undefined);
  };

  return (
    <>
      {problem && <Notice kind="error">{problem}</Notice>}
      <ul className="list ordering" ref={list} onPointerMove={drag} onPointerUp={drop} onPointerCancel={drop}>
        {shown.map((code, index) => (
          <li key={code.id} data-id={code.id}>
            <div className={code.id === dragged ? 'card row dragged' : 'card row'}>
              <span
                className="grip"
                aria-hidden="true"
                onPointerDown={(event) => {
                  event.currentTarget.closest('ul')!.setPointerCapture(event.pointerId);
                  setDragged(code.id);
                }}
              >
                <Icon name="accounts" />
              </span>
              <IssuerIcon name={code.issuer || code.label} />
              <span className="row-text">
                <strong>{code.issuer || code.label}</strong>
                {code.issuer && <span>{code.label}</span>}
              </span>
              <button
                type="button"
                className="icon-button"
                aria-label={t.home.moveUp(nameOf(code))}
                disabled={index === 0}
                onClick={() => move(code.id, -1)}
              >
                <Icon name="up" />
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={t.home.moveDown(nameOf(code))}
                disabled={index === shown.length - 1}
                onClick={() => move(code.id, 1)}
              >
                <Icon name="down" />
              </button>
            </div>
          </li>
        ))}
      </ul>
      <button type="button" className="secondary" onClick={onDone}>
        {t.home.orderDone}
      </button>
    </>
  );
}
