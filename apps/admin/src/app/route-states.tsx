import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHead } from '../components/page-head.tsx';
import { EmptyNotice, ProblemNotice } from '../components/states.tsx';

export function RouteWait(): ReactNode {
  return <div className="route-wait" role="status" aria-label="Loading" />;
}

/** A page that could not be opened at all; panels show their own problems themselves. */
export function RouteProblem({ error }: ErrorComponentProps): ReactNode {
  const router = useRouter();
  return (
    <>
      <PageHead title="This page could not be opened" />
      <div className="panel">
        <ProblemNotice error={error} onRetry={() => void router.invalidate()} />
      </div>
    </>
  );
}

/** The same, where there is no shell around it. */
export function ShellProblem(props: ErrorComponentProps): ReactNode {
  return (
    <main className="page">
      <RouteProblem {...props} />
    </main>
  );
}

export function UnknownPage(): ReactNode {
  return (
    <main className="page">
      <PageHead title="There is no such page" />
      <div className="panel">
        <EmptyNotice title="Nothing is at this address" action={<Link to="/">Go to the overview</Link>}>
          It may have been mistyped, or belong to something that was deleted.
        </EmptyNotice>
      </div>
    </main>
  );
}
