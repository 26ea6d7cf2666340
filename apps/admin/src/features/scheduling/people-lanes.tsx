import type { Slot } from '@daymark/api-contract';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { QueryState } from '../../components/states.tsx';
import { calendarsQuery } from '../../lib/queries/calendars.ts';
import { sessionQuery } from '../../lib/queries/session.ts';
import { usersQuery } from '../../lib/queries/users.ts';
import type { Who } from './booking-form.ts';
import { axisOf, hoursOf } from './day-axis.ts';
import { EveryoneRow } from './everyone-row.tsx';
import { Lanes } from './lanes.tsx';
import { personTimes } from './person-time.ts';
import { freeBusyQuery, schedulingProfilesQuery } from './use-scheduling.ts';
import type { DaysWindow } from './window.ts';

interface PeopleLanesProps {
  readonly who: Who;
  readonly window: DaysWindow;
  /** `2026-11-24` */
  readonly day: string;
  /** Undefined while it is not known what is free for all. */
  readonly slots: readonly Slot[] | undefined;
  /** Start of the chosen time, in milliseconds. */
  readonly chosen: number | null;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}

/** One day of everybody who must be free; asked for all days of the window at once. */
export function PeopleLanes({ who, window, day, slots, chosen, zone, onChoose }: PeopleLanesProps): ReactNode {
  const subjects = useSubjects(who);
  const { data: users = [] } = useQuery(usersQuery);
  const { data: calendars = [] } = useQuery(calendarsQuery);
  const freeBusy = useQuery({ ...freeBusyQuery(subjects, window), enabled: subjects.length > 0 });
  const axis = axisOf(day, hoursOf(slots ?? [], zone), zone);
  return (
    <QueryState query={freeBusy} skeletonRows={subjects.length + 2}>
      {(answer) => (
        <Lanes
          people={personTimes(answer, { users, calendars, window })}
          axis={axis}
          chosen={chosen === null ? null : { start: chosen, end: chosen + who.durationMinutes * 60_000 }}
          zone={zone}
        >
          {slots !== undefined && (
            <EveryoneRow key={axis.start} axis={axis} slots={slots} chosen={chosen} zone={zone} onChoose={onChoose} />
          )}
        </Lanes>
      )}
    </QueryState>
  );
}

/** Whose time it is about: who is named, else whom the profile books, else who is signed in. */
function useSubjects({ hosts, profileId }: Who): readonly string[] {
  const { data: session } = useQuery(sessionQuery);
  const { data: profiles } = useQuery(schedulingProfilesQuery);
  if (hosts.length > 0) return hosts;
  const one = profileId === null ? session?.user.id : profiles?.find(({ id }) => id === profileId)?.user_id;
  return one === undefined ? [] : [one];
}
