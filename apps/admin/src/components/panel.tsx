import type { ReactNode } from 'react';
import { useId } from 'react';

interface PanelProps {
  readonly title: string;
  /** A figure beside the title. */
  readonly count?: ReactNode;
  /** At the right end of the head. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled box; what it holds may load, be empty or fail without moving its neighbours. */
export function Panel({ title, count, aside, children }: PanelProps): ReactNode {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {count !== undefined && <span className="count">{count}</span>}
        <span className="grow" />
        {aside}
      </div>
      {children}
    </section>
  );
}
