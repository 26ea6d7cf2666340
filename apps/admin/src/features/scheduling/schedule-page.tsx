import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, counted, dayOf } from '../../lib/format-time.ts';
import { asProblem } from '../../lib/problem-error.ts';
import { useZone } from '../../lib/zone.tsx';
import { BookedPanel } from './booked-panel.tsx';
import type { BookingForm } from './booking-form.ts';
import { bookingOf, conflictQuestion, emptyForm, faultsOf, slotsQuestion } from './booking-form.ts';
import { BestTimes } from './best-times.tsx';
import { ConflictNotice, Conflicts } from './conflict-notice.tsx';
import { FormFields } from './form-fields.tsx';
import { TimeFields } from './time-fields.tsx';
import { TimesPanel } from './times-panel.tsx';
import { conflictQuery, slotsQuery, useBooking } from './use-scheduling.ts';
import { windowFrom } from './window.ts';
import './scheduling.css';

const route = getRouteApi('/shell/schedule');

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
  const window = windowFrom(search.date ?? dayOf(now, zone), zone);
  const [who] = useDebouncedValue({ hosts: form.hosts, durationMinutes: form.durationMinutes, profileId: form.profileId }, 300);
  const isMeasured = who.durationMinutes >= 5 && who.durationMinutes <= 1440;
  const slots = useQuery({ ...slotsQuery(slotsQuestion(who, window, zone)), enabled: isMeasured });
  const check = useQuery({
    ...conflictQuery(conflictQuestion(who, start ?? '1970-01-01T00:00:00Z', zone)),
    enabled: start !== null && isMeasured,
  });
  const faults = faultsOf(form);
  const change = (part: Partial<BookingForm>): void => setForm((before) => ({ ...before, ...part }));
  const go = (date: string): void => void navigate({ search: (before) => ({ ...before, date }) });
  const choose = (next: string): void => {
    setStart(next);
    const at = Date.parse(next);
    if (at < window.start || at >= window.end) go(dayOf(at, zone));
    if (booking.isError) booking.reset();
  };
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
          <TimesPanel
            who={who}
            window={window}
            slots={slots}
            chosen={start === null ? null : Date.parse(start)}
            zone={zone}
            onChoose={choose}
            onGo={go}
          />
          <Panel title="Time">
            <div className="chosen">
              <TimeFields start={start} zone={zone} fallbackDay={window.firstDay} onChange={choose} />
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
