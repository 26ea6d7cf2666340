import type { SetupLink } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconBan, IconCircleCheck, IconClockExclamation, IconHourglass, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProviderName } from '../../components/provider-name.tsx';
import { toneOf, type ShownStatus } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { useProviders } from '../../lib/queries/providers.ts';
import { useUserNames } from '../../lib/queries/users.ts';
import { useRevokeSetupLink } from './use-setup-links.ts';

const looks: Readonly<Record<SetupLink['status'], { readonly word: string; readonly icon: Icon; readonly tone: ShownStatus }>> = {
  open: { word: 'Open', icon: IconHourglass, tone: 'pending' },
  used: { word: 'Used', icon: IconCircleCheck, tone: 'active' },
  expired: { word: 'Expired', icon: IconClockExclamation, tone: 'paused' },
  revoked: { word: 'Revoked', icon: IconBan, tone: 'revoked' },
};

const profileNames: Readonly<Record<SetupLink['access_profile'], string>> = {
  free_busy: 'busy times only',
  read: 'read events',
  read_write: 'read and write events',
};

/** One row per link; on narrow screens a card of the same cells. */
export function SetupLinkRows({ links }: { readonly links: readonly SetupLink[] }): ReactNode {
  return (
    <ul className="setup-rows">
      {links.map((link) => (
        <SetupLinkRow key={link.id} link={link} />
      ))}
    </ul>
  );
}

function SetupLinkRow({ link }: { readonly link: SetupLink }): ReactNode {
  const providerOf = useProviders();
  const nameOf = useUserNames();
  const revoke = useRevokeSetupLink();
  const { word, icon: Shape, tone } = looks[link.status];
  return (
    <li>
      <span className="status" style={toneOf(tone)}>
        <Shape size={14} aria-hidden="true" />
        {word}
      </span>
      <span className="setup-person">
        <b>{nameOf(link.user_id) || link.email}</b> <span className="dim anywhere">{link.email}</span>
      </span>
      <span>
        {link.provider === null ? <span className="dim">their choice</span> : <ProviderName provider={providerOf(link.provider)} />}{' '}
        <span className="dim">{profileNames[link.access_profile]}</span>
      </span>
      <span className="dim">
        <When link={link} />
      </span>
      <span className="setup-action">
        {link.connection_id !== null && (
          <Link to="/connections/$connectionId" params={{ connectionId: link.connection_id }}>
            Connection
          </Link>
        )}
        {link.status === 'open' && (
          <Button
            size="xs"
            loading={revoke.isPending}
            aria-label={`Take back the link for ${link.email}`}
            onClick={() => revoke.mutate(link.id)}
          >
            Take back
          </Button>
        )}
      </span>
    </li>
  );
}

function When({ link }: { readonly link: SetupLink }): ReactNode {
  if (link.ended_at !== null) return <Time at={link.ended_at} />;
  return (
    <>
      {link.opened_at === null ? 'not opened yet' : 'opened'}
      {link.opened_at !== null && (
        <>
          {' '}
          <Time at={link.opened_at} show="relative" />
        </>
      )}
      , works until <Time at={link.expires_at} show="clock" />
    </>
  );
}
