import type { ZoneId } from '@daymark/domain';
import { formatInstant, instantOf, parseWallTime } from '@daymark/domain';
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { clockOf, dayOf } from '../../lib/format-time.ts';

interface TimeFieldsProps {
  readonly start: string | null;
  readonly zone: string;
  readonly fallbackDay: string;
  readonly onChange: (start: string) => void;
}

interface Draft {
  readonly day: string;
  readonly clock: string;
}

/** Day and clock by hand; taken over once both are complete and typing has paused, so that one change is one check. */
export function TimeFields({ start, zone, fallbackDay, onChange }: TimeFieldsProps): ReactNode {
  const [draft, setDraft] = useState<Draft | null>(null);
  const settled: Draft =
    start === null ? { day: fallbackDay, clock: '' } : { day: dayOf(Date.parse(start), zone), clock: clockOf(Date.parse(start), zone) };
  const { day, clock } = draft ?? settled;
  const take = useDebouncedCallback((typed: Draft) => {
    const next = instantAt(typed, zone);
    if (next === null) return;
    setDraft(null);
    if (start === null || Date.parse(next) !== Date.parse(start)) onChange(next);
  }, 400);
  const type = (part: Partial<Draft>): void => {
    const typed = { day, clock, ...part };
    setDraft(typed);
    take(typed);
  };
  return (
    <div className="booking-duo">
      <TextInput type="date" label="Day" value={day} onChange={(event) => type({ day: event.currentTarget.value })} />
      <TextInput type="time" label={`Start (${zone})`} value={clock} onChange={(event) => type({ clock: event.currentTarget.value })} />
    </div>
  );
}

function instantAt({ day, clock }: Draft, zone: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d/.test(clock)) return null;
  return formatInstant(instantOf(parseWallTime(`${day}T${clock.slice(0, 5)}:00`), zone as ZoneId));
}
