import type { AttentionItem } from '@daymark/api-contract';
import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProviderName } from '../../components/provider-name.tsx';
import { EmptyNotice } from '../../components/states.tsx';
import type { ShownStatus } from '../../components/status-chip.tsx';
import { StatusIcon } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';
import { ownerNames } from '../../lib/problem-error.ts';
import { useProviders } from '../../lib/queries/providers.ts';

interface NeedsYouProps {
  readonly items: readonly AttentionItem[];
  readonly hasConnections: boolean;
}

/** What only a person can put right, in the order the server gives: most meetings affected first. */
export function NeedsYou({ items, hasConnections }: NeedsYouProps): ReactNode {
  return (
    <Panel title="Needs you" count={items.length} aside={<span className="xs dim no-phone">By meetings affected</span>}>
      {items.length === 0 && hasConnections && (
        <p className="all-well">
          <span className="tone" style={{ color: 'var(--dm-status-active)' }}>
            <IconCircleCheck size={16} aria-hidden="true" />
          </span>
          Nothing waits for a person.
        </p>
      )}
      {items.length === 0 && !hasConnections && (
        <EmptyNotice
          title="No account is connected yet"
          action={
            <ButtonLink to="/connections" search={{ connect: 'open' }} variant="filled">
              Connect an account
            </ButtonLink>
          }
        >
          Once one is, everything that needs a person stands here.
        </EmptyNotice>
      )}
      {items.map((item, place) => (
        <Need key={item.id} item={item} isFirst={place === 0} />
      ))}
    </Panel>
  );
}

function Need({ item, isFirst }: { readonly item: AttentionItem; readonly isFirst: boolean }): ReactNode {
  const providerOf = useProviders();
  const { type, id, label } = item.subject;
  const address = addressOf(item);
  return (
    <article className="need">
      <StatusIcon status={statusOf(item.code)} />
      <div className="grow">
        <h3>{address === null ? `${label}: ${item.title}` : <Link to={address}>{`${label}: ${item.title}`}</Link>}</h3>
        <p className="dim">
          {item.count > 1 && `${counted(item.count, type)}, `}
          {item.provider !== null && (
            <>
              <ProviderName provider={providerOf(item.provider)} />,{' '}
            </>
          )}
          since <Time at={item.since} show="clock" />
        </p>
        <p>
          {item.meetings_affected > 0 && <span className="med">{counted(item.meetings_affected, 'meeting')} affected. </span>}
          <span className="dim">
            {item.fix} Who: {ownerNames[item.who].toLowerCase()}.
          </span>
        </p>
      </div>
      {address !== null && (
        <ButtonLink to={address} size="xs" variant={isFirst ? 'filled' : 'default'} aria-label={`${actionOf(item)}: ${label}`}>
          {actionOf(item)}
        </ButtonLink>
      )}
      {address === null && id !== null && <code className="dim">{id.slice(0, 12)}…</code>}
    </article>
  );
}

function addressOf({ subject: { type, id } }: AttentionItem): string | null {
  if (type === 'connection') return id === null ? '/connections' : `/connections/${id}`;
  if (type === 'meeting') return id === null ? '/meetings' : `/meetings/${id}`;
  return type === 'calendar' ? '/events' : null;
}

function actionOf({ subject, code }: AttentionItem): string {
  if (code === 'reauthorization-required' || code === 'scope-missing') return 'Reconnect';
  return subject.type === 'meeting' ? 'Open meeting' : 'See cause';
}

function statusOf(code: AttentionItem['code']): ShownStatus {
  if (code === 'reauthorization-required') return 'expired';
  return code === 'admin-consent-required' || code === 'scope-missing' ? 'revoked' : 'error';
}
