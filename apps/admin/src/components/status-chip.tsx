import type { ConnectionStatus } from '@daymark/domain';
import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClockExclamation,
  IconHourglass,
  IconPlayerPause,
  IconRefresh,
} from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';

export type ShownStatus = ConnectionStatus | 'syncing';

const looks: Readonly<Record<ShownStatus, { readonly word: string; readonly icon: Icon; readonly meaning: string }>> = {
  pending: { word: 'Pending', icon: IconHourglass, meaning: 'Setup link sent, or consent unfinished' },
  active: { word: 'Active', icon: IconCircleCheck, meaning: 'Sign-in good, last sync on time' },
  syncing: { word: 'Syncing', icon: IconRefresh, meaning: 'A run is going now' },
  paused: { word: 'Paused', icon: IconPlayerPause, meaning: 'Automatic sync is switched off' },
  expired: { word: 'Expired', icon: IconClockExclamation, meaning: 'Sign-in needed, everything is kept' },
  error: { word: 'Error', icon: IconAlertTriangle, meaning: 'The last runs failed; the sign-in may be fine' },
  revoked: { word: 'Revoked', icon: IconBan, meaning: 'Access withdrawn, or disconnected' },
};

/** The colours of a status as custom properties: `--tone` and `--tone-bg`. */
export function toneOf(status: ShownStatus): CSSProperties {
  return { '--tone': `var(--dm-status-${status})`, '--tone-bg': `var(--dm-status-${status}-bg)` } as CSSProperties;
}

export function statusWord(status: ShownStatus): string {
  return looks[status].word;
}

/** Colour, icon and word, always all three. */
export function StatusChip({ status }: { readonly status: ShownStatus }): ReactNode {
  const { word, meaning } = looks[status];
  return (
    <span className="status" style={toneOf(status)} data-status={status} title={meaning}>
      <StatusIcon status={status} size={14} />
      {word}
    </span>
  );
}

/** The icon alone, for places where the word stands beside it. */
export function StatusIcon({ status, size = 16 }: { readonly status: ShownStatus; readonly size?: number }): ReactNode {
  const Shape = looks[status].icon;
  return (
    <span className="tone" style={{ ...toneOf(status), display: 'inline-flex' }} aria-hidden="true">
      <Shape size={size} className={status === 'syncing' ? 'turning' : ''} />
    </span>
  );
}
