import type { Connection } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { Time } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';

/** Whether the provider tells of changes now, and if not, why and what to do. */
export function PushLine({ push }: { readonly push: Connection['push'] }): ReactNode {
  const { state, reason, calendars_on, calendars, expires_at } = push;
  if (state === 'on' && expires_at !== null)
    return (
      <>
        The provider tells of {calendars_on === calendars ? counted(calendars, 'calendar') : `${calendars_on} of ${calendars} calendars`};
        renewed by itself before <Time at={expires_at} show="absolute" />.
      </>
    );
  if (state === 'starting') return 'The provider is being asked to tell of changes.';
  if (state === 'off') return 'Changes are looked for; the provider does not tell of them.';
  return `Not possible now: ${reason?.message ?? ''} ${reason?.fix ?? ''}`;
}
