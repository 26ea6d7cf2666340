import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asProblem, ownerNames } from '../lib/problem-error.ts';

interface ProblemNoticeProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, why, what to do, who, and the reference to quote. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps): ReactNode {
  const problem = asProblem(error);
  const { title, detail, cause, fix, who, type, request_id: reference } = problem.body;
  const isForbidden = problem.status === 403;
  return (
    <div className="problem" role="alert">
      {isForbidden ? <IconLock size={16} aria-hidden="true" /> : <IconAlertTriangle size={16} aria-hidden="true" />}
      <div className="problem-body">
        <h2>{isForbidden ? `Not allowed: ${title}` : title}</h2>
        {detail !== title && <p className="anywhere">{detail}</p>}
        <p className="dim">{cause}</p>
        <p>
          {fix} <span className="dim">Who: {ownerNames[who]}.</span>
        </p>
        <div className="row wrap">
          {onRetry !== undefined && !isForbidden && (
            <Button size="xs" onClick={onRetry}>
              Try again
            </Button>
          )}
          <a href={type} target="_blank" rel="noreferrer" className="xs">
            About this problem
          </a>
        </div>
        {reference !== '' && (
          <p className="ref">
            Reference <code>{reference}</code>
          </p>
        )}
      </div>
    </div>
  );
}

/** Why there is nothing, and the one thing to do. */
export function EmptyNotice({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <div className="notice">
      <h2>{title}</h2>
      <p className="dim">{children}</p>
      {action}
    </div>
  );
}

/** Grey lines in the place of rows that are on their way. */
export function RowsSkeleton({ rows, height = 14 }: { readonly rows: number; readonly height?: number | undefined }): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} width={`${94 - ((row * 17) % 38)}%`} radius="xs" />
      ))}
    </div>
  );
}

export interface QueryStateProps<T> {
  /** Of one thing or of a list that grows. */
  readonly query: { readonly data: T | undefined; readonly isError: boolean; readonly error: unknown; readonly refetch: () => unknown };
  readonly skeletonRows?: number;
  /** Of a row, in pixels. */
  readonly skeletonHeight?: number;
  /** What stands around the first two states only; what is read brings its own. */
  readonly around?: (state: ReactNode) => ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** The three states of a request within its panel; old data stays when a later read fails. */
export function QueryState<T>({ query, skeletonRows = 4, skeletonHeight, around = asIs, children }: QueryStateProps<T>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return around(<ProblemNotice error={query.error} onRetry={() => void query.refetch()} />);
  return around(<RowsSkeleton rows={skeletonRows} height={skeletonHeight} />);
}

function asIs(state: ReactNode): ReactNode {
  return state;
}
