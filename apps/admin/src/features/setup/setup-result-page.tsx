import { isProblemCode, problemDefinition, type ProblemCode } from '@daymark/domain';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconUserShield } from '@tabler/icons-react';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { ShownStatus } from '../../components/status-chip.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { ownerNames } from '../../lib/problem-error.ts';
import { SetupFrame } from './setup-frame.tsx';
import { SetupLetter } from './setup-letter.tsx';
import { forgetVisit, keptVisit, type Visit } from './use-setup.ts';

const route = getRouteApi('/setup/result');

/** Where the consent of somebody with a setup link ends: connected, approved for all, cancelled, an administrator must approve, or failed. */
export function Component(): ReactNode {
  const { outcome, code } = route.useSearch();
  const [visit] = useState(keptVisit);
  useEffect(() => {
    document.title = 'Connect your calendar';
    if (outcome === 'connected') forgetVisit();
  }, [outcome]);
  if (outcome === 'connected') {
    return (
      <End tone="active" icon={<IconCircleCheck size={20} />} title="Your calendar is connected">
        <p role="status">Nothing is left to do: you can close this page. The link does not work any more.</p>
        <p className="dim">You can withdraw the access at any time, in the settings of your account at the calendar service.</p>
      </End>
    );
  }
  if (outcome === 'approved') {
    return (
      <End tone="active" icon={<IconCircleCheck size={20} />} title="The organisation has approved">
        <p role="status">Its people can connect their calendars now. Nothing was connected by the approval itself.</p>
        <Again visit={visit} />
      </End>
    );
  }
  if (outcome === 'denied') {
    return (
      <End tone="paused" icon={<IconCircleX size={20} />} title="You cancelled">
        <p>Nothing was connected and nothing was read. The link still works, if you change your mind.</p>
        <Again visit={visit} />
      </End>
    );
  }
  if (outcome === 'admin-consent') {
    return (
      <End tone="expired" icon={<IconUserShield size={20} />} title="Your administrator must approve">
        <Explained code="admin-consent-required" />
        {visit !== null && <SetupLetter visit={visit} />}
        <Again visit={visit} />
      </End>
    );
  }
  const known = code !== undefined && isProblemCode(code) ? code : 'oauth-state-invalid';
  return (
    <End tone="error" icon={<IconAlertTriangle size={20} />} title={problemDefinition(known).title}>
      <Explained code={known} />
      {known !== 'setup-link-ended' && <Again visit={visit} />}
    </End>
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
    <SetupFrame>
      <div className="panel setup-end" style={toneOf(tone)}>
        <span className="setup-end-icon" aria-hidden="true">
          {icon}
        </span>
        <h1>{title}</h1>
        {children}
      </div>
    </SetupFrame>
  );
}

function Explained({ code }: { readonly code: ProblemCode }): ReactNode {
  const { cause, fix, who } = problemDefinition(code);
  return (
    <>
      <p className="dim">{cause}</p>
      <p>
        {fix} <span className="dim">Who: {ownerNames[who]}.</span>
      </p>
    </>
  );
}

function Again({ visit }: { readonly visit: Visit | null }): ReactNode {
  if (visit === null) return <p>To try again, open the link that was sent to you once more.</p>;
  return (
    <Link to="/setup" hash={visit.token} className="setup-again">
      Open the link again
    </Link>
  );
}
