import { isProblemCode, problemDefinition } from '@daymark/domain';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconUserCheck, IconUserShield } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import type { ShownStatus } from '../../components/status-chip.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { ownerNames } from '../../lib/problem-error.ts';
import { ApprovalLetter } from './approval-letter.tsx';
import './connections.css';

const route = getRouteApi('/connect/result');
const RETURN_AFTER_S = 5;

/** Where consent ends: connected, cancelled, an administrator must approve, or has approved, or failed. */
export function Component(): ReactNode {
  const { outcome } = route.useSearch();
  useEffect(() => {
    document.title = 'Connecting · Daymark';
  }, []);
  return (
    <main className="result">
      {outcome === 'connected' && <Connected />}
      {outcome === 'denied' && <Denied />}
      {outcome === 'admin-consent' && <ApprovalNeeded />}
      {outcome === 'approved' && <Approved />}
      {(outcome === 'failed' || outcome === undefined) && <Failed />}
    </main>
  );
}

interface EndProps {
  readonly tone: ShownStatus;
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}

function End({ tone, icon, title, children }: EndProps): ReactNode {
  return (
    <div className="panel result-card" style={toneOf(tone)}>
      <span className="result-icon" aria-hidden="true">
        {icon}
      </span>
      <h1>{title}</h1>
      {children}
    </div>
  );
}

function Connected(): ReactNode {
  const { connection_id: id } = route.useSearch();
  const navigate = useNavigate();
  const [secondsLeft, setSecondsLeft] = useState<number | null>(RETURN_AFTER_S);
  const address = id === undefined ? '/connections' : `/connections/${id}`;
  useEffect(() => {
    if (secondsLeft === null) return;
    if (secondsLeft === 0) {
      void navigate({ to: address });
      return;
    }
    const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1000);
    return () => clearTimeout(timer);
  }, [secondsLeft, address, navigate]);
  return (
    <End tone="active" icon={<IconCircleCheck size={20} />} title="The account is connected">
      <p role="status">Its calendars are being read now. You can watch it on the page of the connection.</p>
      {secondsLeft !== null && <p className="dim">Going there in {secondsLeft} s.</p>}
      <div className="row wrap">
        <ButtonLink to={address} variant="filled">
          Open the connection
        </ButtonLink>
        {secondsLeft !== null && <Button onClick={() => setSecondsLeft(null)}>Stay here</Button>}
      </div>
    </End>
  );
}

function Denied(): ReactNode {
  return (
    <End tone="paused" icon={<IconCircleX size={20} />} title="You cancelled">
      <p>Nothing was connected and nothing was read. You can start again, also with less access.</p>
      <NextSteps />
    </End>
  );
}

function ApprovalNeeded(): ReactNode {
  const { provider = '*' } = route.useSearch();
  const known = problemDefinition('admin-consent-required');
  return (
    <End tone="expired" icon={<IconUserShield size={20} />} title="Your administrator must approve">
      <p className="dim">{known.cause}</p>
      <p>
        {known.fix} <span className="dim">Who: {ownerNames[known.who]}.</span>
      </p>
      <ApprovalLetter subject={{ provider }} />
      <div className="row wrap">
        <ButtonLink to="/connections">To the connections</ButtonLink>
      </div>
    </End>
  );
}

function Approved(): ReactNode {
  return (
    <End tone="active" icon={<IconUserCheck size={20} />} title="Thank you for approving">
      <p>
        The calendar service says that the app may be used in your organisation now. That alone connects nothing: whoever asked you can
        connect their account now.
      </p>
      <div className="row wrap">
        <ButtonLink to="/connections">To the connections</ButtonLink>
      </div>
    </End>
  );
}

function Failed(): ReactNode {
  const { code, reference } = route.useSearch();
  const known = problemDefinition(code !== undefined && isProblemCode(code) ? code : 'oauth-state-invalid');
  return (
    <End tone="error" icon={<IconAlertTriangle size={20} />} title={known.title}>
      <p className="dim">{known.cause}</p>
      <p>
        {known.fix} <span className="dim">Who: {ownerNames[known.who]}.</span>
      </p>
      {reference !== undefined && (
        <p className="ref">
          Reference <code>{reference}</code>
        </p>
      )}
      <NextSteps />
    </End>
  );
}

function NextSteps(): ReactNode {
  const { connection_id: id } = route.useSearch();
  return (
    <div className="row wrap">
      {id === undefined ? (
        <ButtonLink to="/connections" search={{ connect: 'open' }} variant="filled">
          Try again
        </ButtonLink>
      ) : (
        <ButtonLink to="/connections/$connectionId" params={{ connectionId: id }} variant="filled">
          Try again
        </ButtonLink>
      )}
      <ButtonLink to="/">To the overview</ButtonLink>
    </div>
  );
}
