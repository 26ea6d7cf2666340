import type { SetupLink } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHead } from '../../components/page-head.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { SetupLinkDialog } from './setup-link-dialog.tsx';
import { SetupLinkRows } from './setup-link-rows.tsx';
import { setupLinksQuery } from './use-setup-links.ts';
import './setup-links.css';

const route = getRouteApi('/shell/setup-links');

const views = [
  { id: undefined, label: 'All' },
  { id: 'open', label: 'Open' },
  { id: 'used', label: 'Used' },
  { id: 'expired', label: 'Expired' },
  { id: 'revoked', label: 'Revoked' },
] as const;

/** Who was asked to connect a calendar without signing in here, and what came of it. */
export function Component(): ReactNode {
  const { status, make } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(setupLinksQuery(status));
  const links = query.data?.pages.flatMap((page) => page.data) ?? [];
  const setMake = (open: 'open' | undefined): void => void navigate({ search: (before) => ({ ...before, make: open }) });
  return (
    <>
      <PageHead
        title="Setup links"
        actions={
          <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setMake('open')}>
            New setup link
          </Button>
        }
      />
      <nav className="seg setup-views" aria-label="Views">
        {views.map(({ id, label }) => (
          <Link
            key={label}
            to="/setup-links"
            search={id === undefined ? {} : { status: id }}
            activeProps={{}}
            aria-current={status === id ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <section className="panel" aria-label="Setup links">
        <QueryState query={query} skeletonRows={5} skeletonHeight={20}>
          {() => (links.length === 0 ? <Nothing status={status} onMake={() => setMake('open')} /> : <SetupLinkRows links={links} />)}
        </QueryState>
        {query.hasNextPage && (
          <div className="setup-more">
            <Button size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </section>
      <SetupLinkDialog isOpen={make === 'open'} onClose={() => setMake(undefined)} />
    </>
  );
}

function Nothing({ status, onMake }: { readonly status: SetupLink['status'] | undefined; readonly onMake: () => void }): ReactNode {
  if (status !== undefined) return <EmptyNotice title={`No link is ${status}`}>There may be others: look at all of them.</EmptyNotice>;
  return (
    <EmptyNotice
      title="No setup link was made yet"
      action={
        <Button variant="filled" onClick={onMake}>
          New setup link
        </Button>
      }
    >
      With a setup link somebody connects their calendar without an account here, on a phone too.
    </EmptyNotice>
  );
}
