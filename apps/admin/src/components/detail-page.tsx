import type { ReactNode } from 'react';
import { PageHead } from './page-head.tsx';
import type { QueryStateProps } from './states.tsx';
import { QueryState } from './states.tsx';

interface DetailPageProps<T> extends Pick<QueryStateProps<T>, 'query' | 'children'> {
  /** What kind of thing it is: the title until its own is known. */
  readonly kind: string;
  /** The way back to the list. */
  readonly back: ReactNode;
}

/** The page of one thing, also while it is read and when it cannot be. */
export function DetailPage<T>({ kind, back, query, children }: DetailPageProps<T>): ReactNode {
  return (
    <>
      <nav className="crumbs" aria-label="Breadcrumb">
        {back}
      </nav>
      <QueryState
        query={query}
        skeletonRows={7}
        skeletonHeight={18}
        around={(state) => (
          <>
            <PageHead title={kind} />
            <div className="panel">{state}</div>
          </>
        )}
      >
        {children}
      </QueryState>
    </>
  );
}
