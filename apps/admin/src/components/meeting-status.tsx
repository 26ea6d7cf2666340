import type { MeetingStatus } from '@daymark/domain';
import { IconBan, IconCircleCheck, IconClock, IconHourglass } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ShownStatus } from './status-chip.tsx';
import { toneOf } from './status-chip.tsx';

const looks: Readonly<Record<MeetingStatus, { readonly word: string; readonly tone: ShownStatus; readonly icon: typeof IconBan }>> = {
  held: { word: 'Held', tone: 'pending', icon: IconHourglass },
  pending: { word: 'Pending', tone: 'pending', icon: IconHourglass },
  booked: { word: 'Booked', tone: 'active', icon: IconCircleCheck },
  cancelled: { word: 'Cancelled', tone: 'revoked', icon: IconBan },
  declined: { word: 'Declined', tone: 'revoked', icon: IconBan },
  expired: { word: 'Expired', tone: 'paused', icon: IconClock },
};

export function MeetingStatusChip({ status }: { readonly status: MeetingStatus }): ReactNode {
  const { word, tone, icon: Shape } = looks[status];
  return (
    <span className="status" style={toneOf(tone)}>
      <Shape size={14} aria-hidden="true" />
      {word}
    </span>
  );
}
