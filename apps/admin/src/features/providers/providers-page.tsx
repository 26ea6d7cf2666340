import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PageHead } from '../../components/page-head.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { providersQuery } from '../../lib/queries/providers.ts';
import { ProviderPanel } from './provider-panel.tsx';
import './providers.css';

/** Which calendar services can be used, and whether they are set up right. */
export function Component(): ReactNode {
  const query = useQuery(providersQuery);
  return (
    <>
      <PageHead title="Providers" />
      <QueryState query={query} skeletonRows={6} around={(state) => <div className="panel">{state}</div>}>
        {(providers) =>
          providers.length === 0 ? (
            <div className="panel">
              <EmptyNotice title="No calendar service is installed">Whoever runs this installation can add one.</EmptyNotice>
            </div>
          ) : (
            <div className="stack">
              {providers.map((provider) => (
                <ProviderPanel key={provider.id} provider={provider} />
              ))}
            </div>
          )
        }
      </QueryState>
    </>
  );
}
