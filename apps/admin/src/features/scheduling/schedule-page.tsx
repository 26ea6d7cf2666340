import type { ZoneId } from '@daymark/domain';
import { addDays, formatInstant, parseDate, startOfDate } from '@daymark/domain';
import { ActionIcon, Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice, ProblemNotice, QueryState } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, counted, dayOf, zoneName } from '../../lib/format-time.ts';
import { asProblem } from '../../lib/problem-error.ts';
import { useZone } from '../../lib/zone.tsx';
import { BookedPanel } from './booked-panel.tsx';
import type { BookingForm } from './booking-form.ts';
import { bookingOf, conflictQuestion, emptyForm, faultsOf, slotsQuestion } from './booking-form.ts';
import { BestTimes } from './best-times.tsx';
import { ConflictNotice, Conflicts } from './conflict-notice.tsx';
import { FormFields } from './form-fields.tsx';
import { SlotPicker } from './slot-picker.tsx';
import { TimeFields } from './time-fields.tsx';
import { conflictQuery, slotsQuery, useBooking } from './use-scheduling.ts';
import './scheduling.css';

const route = getRouteApi('/shell/schedule');
const DAYS_SHOWN = 7;

export function Component(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const now = useNow();
  const [form, setForm] = useState<BookingForm>(() => ({
    ...emptyForm,
    title: search.title ?? '',
    referenceId: search.reference ?? '',
    referenceType: search.reference_type ?? '',
    referenceUrl: search.reference_url ?? '',
  }));
  const [start, setStart] = useState<string | null>(null);
  const [isTried, setIsTried] = useState(false);
  const booking = useBooking();
  const today = dayOf(now, zone);
  const firstDay = search.date ?? today;
  const [who] = useDebouncedValue({ hosts: form.hosts, durationMinutes: form.durationMinutes, profileId: form.profileId }, 300);
  const isMeasured = who.durationMinutes >= 5 && who.durationMinutes <= 1440;
  const slots = useQuery({ ...slotsQuery(slotsQuestion(who, windowOf(firstDay, zone), zone)), enabled: isMeasured });
  const check = useQuery({
    ...conflictQuery(conflictQuestion(who, start ?? '1970-01-01T00:00:00Z', zone)),
    enabled: start !== null && isMeasured,
  });
  const faults = faultsOf(form);
  const change = (part: Partial<BookingForm>): void => setForm((before) => ({ ...before, ...part }));
  const choose = (next: string): void => {
    setStart(next);
    if (booking.isError) booking.reset();
  };
  const go = (date: string): void => void navigate({ search: (before) => ({ ...before, date }) });
  const book = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (faults.size === 0 && start !== null) booking.mutate(bookingOf(form, start, zone));
  };

  if (booking.data !== undefined) {
    const again = (): void => {
      booking.reset();
      setForm(emptyForm);
      setStart(null);
      setIsTried(false);
    };
    return (
      <>
        <PageHead title="Scheduling assistant" />
        <BookedPanel booked={booking.data} onAnother={again} />
      </>
    );
  }
  return (
    <>
      <PageHead title="Scheduling assistant">
        {slots.data !== undefined && <span className="dim">{counted(slots.data.data.length, 'time')} found</span>}
      </PageHead>
      <form className="booking" onSubmit={book} noValidate>
        <FormFields form={form} faults={isTried ? faults : new Map()} onChange={change} />
        <div className="stack">
          <Panel
            title="Free times"
            aside={
              <span className="row" style={{ gap: 4 }}>
                <span className="xs dim">{zoneName(now, zone)}</span>
                <ActionIcon
                  variant="default"
                  size={26}
                  aria-label="Days before"
                  disabled={firstDay <= today}
                  onClick={() => go(shifted(firstDay, -DAYS_SHOWN, today))}
                >
                  <IconChevronLeft size={16} aria-hidden="true" />
                </ActionIcon>
                <ActionIcon variant="default" size={26} aria-label="Days after" onClick={() => go(shifted(firstDay, DAYS_SHOWN, today))}>
                  <IconChevronRight size={16} aria-hidden="true" />
                </ActionIcon>
              </span>
            }
          >
            <QueryState query={slots} skeletonRows={6}>
              {({ data, as_of: asOf }) => (
                <>
                  {data.length === 0 ? (
                    <EmptyNotice
                      title="No time in these days"
                      action={<Button onClick={() => go(shifted(firstDay, DAYS_SHOWN, today))}>Look at the days after</Button>}
                    >
                      Nobody has a common free time here. A shorter meeting or fewer people would help.
                    </EmptyNotice>
                  ) : (
                    <SlotPicker slots={data} chosen={start === null ? null : Date.parse(start)} zone={zone} onChoose={choose} />
                  )}
                  {asOf !== null && <p className="slot-foot xs dim">Calendars as of {absolute(Date.parse(asOf), zone, now)}</p>}
                </>
              )}
            </QueryState>
          </Panel>
          <Panel title="Time">
            <div className="chosen">
              <TimeFields start={start} zone={zone} fallbackDay={firstDay} onChange={choose} />
              {isTried && start === null && <p className="danger-text xs">Choose a time first.</p>}
              {booking.isError ? (
                <BookingProblem error={booking.error} zone={zone} onChoose={choose} />
              ) : (
                <ConflictNotice check={check} isAsked={start !== null} zone={zone} onChoose={choose} />
              )}
              <div>
                <Button type="submit" variant="filled" loading={booking.isPending}>
                  {start === null ? 'Book' : `Book ${absolute(Date.parse(start), zone, now)}`}
                </Button>
              </div>
            </div>
          </Panel>
          <BestTimes slots={slots.data?.data ?? []} chosen={start} zone={zone} onChoose={choose} />
        </div>
      </form>
    </>
  );
}

function BookingProblem({
  error,
  zone,
  onChoose,
}: {
  readonly error: unknown;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}): ReactNode {
  const { conflicts, alternatives } = asProblem(error).body;
  return (
    <div className="stack" role="alert">
      <ProblemNotice error={error} />
      {(conflicts !== undefined || alternatives !== undefined) && (
        <Conflicts conflicts={conflicts ?? []} alternatives={alternatives ?? []} zone={zone} onChoose={onChoose} />
      )}
    </div>
  );
}

function windowOf(day: string, zone: string): { readonly from: string; readonly to: string } {
  const date = parseDate(day);
  return {
    from: formatInstant(startOfDate(date, zone as ZoneId)),
    to: formatInstant(startOfDate(addDays(date, DAYS_SHOWN), zone as ZoneId)),
  };
}

/** Not before today. */
function shifted(day: string, days: number, today: string): string {
  const next = addDays(parseDate(day), days);
  return next < today ? today : next;
}
