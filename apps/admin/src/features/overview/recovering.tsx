import type { RecoveringItem } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { ProviderName } from '../../components/provider-name.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';
import { useProviders } from '../../lib/queries/providers.ts';

/** What heals without anybody, with its next try. */
export function Recovering({ items }: { readonly items: readonly RecoveringItem[] }): ReactNode {
  const providerOf = useProviders();
  return (
    <Panel title="Recovering by itself" count={items.length} aside={<span className="xs dim">Nothing to do</span>}>
      {items.length === 0 && <p className="all-well dim">Nothing is being tried again.</p>}
      {items.map((item) => (
        <div className="heal" key={`${item.subject.type} ${item.subject.id ?? item.subject.label} ${item.code}`}>
          <p className="med cut">{item.subject.label}</p>
          <p className="right">{item.next_try_at === null ? 'trying now' : <Time at={item.next_try_at} show="relative" />}</p>
          <p className="dim xs cut" title={item.message}>
            {item.provider !== null && (
              <>
                <ProviderName provider={providerOf(item.provider)} />,{' '}
              </>
            )}
            {item.message} {counted(item.attempts, 'try', 'tries')}.
          </p>
          <p className="dim xs right">{item.next_try_at !== null && <Time at={item.next_try_at} show="absolute" />}</p>
        </div>
      ))}
    </Panel>
  );
}
