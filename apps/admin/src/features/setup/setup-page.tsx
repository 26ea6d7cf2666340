import type { SetupInvitation } from '@daymark/api-contract';
import { Skeleton } from '@mantine/core';
import { IconBan, IconCalendarCheck, IconChevronRight, IconClock, IconEye, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import type { CSSProperties, ReactNode } from 'react';
import { useEffect } from 'react';
import { providerTone } from '../../components/provider-name.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, relative } from '../../lib/format-time.ts';
import { SetupFrame } from './setup-frame.tsx';
import { invitationQuery, useConsent } from './use-setup.ts';

/** Where a setup link leads: who asks, what will be seen and what not, and the way to agree. Nobody is signed in here. */
export function Component(): ReactNode {
  const token = useLocation({ select: ({ hash }) => hash });
  const invitation = useQuery({ ...invitationQuery(token), enabled: token !== '' });
  const name = invitation.data?.organisation.name;
  useEffect(() => {
    document.title = name === undefined ? 'Connect your calendar' : `Connect your calendar · ${name}`;
  }, [name]);
  if (token === '') {
    return (
      <SetupFrame>
        <h1>This address is not complete</h1>
        <p className="setup-lead">Its last part is missing. Open the whole address as it was sent to you, or ask for a new one.</p>
      </SetupFrame>
    );
  }
  if (invitation.isError) {
    return (
      <SetupFrame>
        <div className="panel">
          <ProblemNotice error={invitation.error} onRetry={() => void invitation.refetch()} />
        </div>
      </SetupFrame>
    );
  }
  if (invitation.data === undefined) {
    return (
      <SetupFrame>
        <Skeleton height={260} role="status" aria-label="Loading" />
      </SetupFrame>
    );
  }
  return <Asked token={token} invitation={invitation.data} />;
}

function Asked({ token, invitation }: { readonly token: string; readonly invitation: SetupInvitation }): ReactNode {
  const { organisation, person, access_profile: profile, providers } = invitation;
  const consent = useConsent(token);
  return (
    <SetupFrame footer={<Footer invitation={invitation} />}>
      <div className="setup-who">
        <span className="setup-mark" style={{ '--mark': organisation.color } as CSSProperties} aria-hidden="true">
          {organisation.name.slice(0, 1)}
        </span>
        <span>
          {organisation.name}
          <small>
            asks for {person.name}
            {person.name !== person.email && `, ${person.email}`}
          </small>
        </span>
      </div>
      <h1>Let {organisation.name} use your calendar</h1>
      <p className="setup-lead">So that you can be booked only when you are free.</p>
      <ul className="panel setup-list" aria-label="What will be seen">
        {permissionsOf(profile).map(({ icon: Shape, title, text, isRefused }) => (
          <li key={title} data-refused={isRefused}>
            <Shape size={18} aria-hidden="true" />
            <span>
              <b>{title}</b>
              <small>{text}</small>
            </span>
          </li>
        ))}
      </ul>
      {consent.isError && (
        <div className="panel setup-problem">
          <ProblemNotice error={consent.error} />
        </div>
      )}
      <div className="setup-providers">
        {providers.map((provider) => (
          <button
            key={provider.id}
            type="button"
            className="setup-provider"
            style={providerTone(provider)}
            disabled={consent.isPending}
            onClick={() => consent.mutate(provider.id)}
          >
            <span className="setup-letter" aria-hidden="true">
              {provider.name.slice(0, 1)}
            </span>
            Continue with {provider.name}
            <IconChevronRight size={16} aria-hidden="true" />
          </button>
        ))}
        {providers.length === 0 && <p className="dim">No calendar service is set up here any more. Ask {organisation.name}.</p>}
      </div>
      <Until invitation={invitation} />
      <Permissions providers={providers} />
    </SetupFrame>
  );
}

function Until({ invitation }: { readonly invitation: SetupInvitation }): ReactNode {
  const now = useNow();
  const until = Date.parse(invitation.expires_at);
  return (
    <p className="setup-until">
      <IconClock size={16} aria-hidden="true" />
      <span>
        This link works once, until <time dateTime={invitation.expires_at}>{absolute(until, invitation.time_zone, now)}</time> (
        {relative(until, now)}). It is for {invitation.person.name}: if that is not you, close this page and nothing happens.
      </span>
    </p>
  );
}

/** Word for word what the provider is asked for. */
function Permissions({ providers }: Pick<SetupInvitation, 'providers'>): ReactNode {
  return (
    <details className="setup-details">
      <summary>Exact permissions and reasons</summary>
      {providers.map(({ id, name, description, scopes }) => (
        <section key={id} aria-label={name}>
          <h2>{name}</h2>
          <p>{description}</p>
          <ul>
            {scopes.map(({ scope, reason }) => (
              <li key={scope}>
                {reason} <code className="anywhere">{scope}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}

function Footer({ invitation: { organisation } }: { readonly invitation: SetupInvitation }): ReactNode {
  const { name, privacy_url: privacy, support_email: support } = organisation;
  return (
    <>
      {privacy !== null && (
        <a href={privacy} target="_blank" rel="noreferrer">
          Privacy at {name}
        </a>
      )}
      {support !== null && <a href={`mailto:${support}`}>Ask {name}</a>}
      <span>Runs on Daymark</span>
    </>
  );
}

interface Permission {
  readonly icon: Icon;
  readonly title: string;
  readonly text: string;
  readonly isRefused: boolean;
}

const seesBusy = { icon: IconEye, title: 'See when you are busy', text: 'To offer only times at which you are free.', isRefused: false };
const seesEvents = {
  icon: IconEye,
  title: 'See your events',
  text: 'To know when you are free, and which calendar counts.',
  isRefused: false,
};
const writes = {
  icon: IconCalendarCheck,
  title: 'Add and change the meetings that it books',
  text: 'So that a booking is on your calendar at once.',
  isRefused: false,
};
const noDetails = {
  icon: IconBan,
  title: 'It cannot see what your events are about',
  text: 'No titles, places or guests.',
  isRefused: true,
};
const noChanges = { icon: IconBan, title: 'It cannot change anything', text: 'Your calendar stays as it is.', isRefused: true };
const noMail = {
  icon: IconBan,
  title: 'It cannot read mail, files or contacts',
  text: 'You can withdraw at any time, at your calendar service.',
  isRefused: true,
};

function permissionsOf(profile: SetupInvitation['access_profile']): readonly Permission[] {
  switch (profile) {
    case 'free_busy':
      return [seesBusy, noDetails, noChanges, noMail];
    case 'read':
      return [seesEvents, noChanges, noMail];
    case 'read_write':
      return [seesEvents, writes, noMail];
  }
}
