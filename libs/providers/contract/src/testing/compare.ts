import type { ProviderEvent } from '../provider-event.ts';
import type { HeldEvent } from './provider-world.ts';
import { heldTimeOf } from './provider-world.ts';
import { expect } from 'vitest';

/** The words in which a told and a held event can be compared. */
export type Comparable = Omit<HeldEvent, 'id' | 'extras' | 'joinUrl' | 'reminderMinutes' | 'rules'> & {
  /** One rule can be written in many ways: what it makes is compared time by time. */
  readonly repeats: boolean;
};

export function told(event: ProviderEvent): Comparable {
  if (event.time === null || event.status === 'cancelled') throw new Error('it was told as cancelled');
  return {
    iCalUid: event.iCalUid,
    seriesId: 'seriesId' in event.recurrence ? event.recurrence.seriesId : null,
    title: event.title,
    description: event.description,
    location: event.location,
    time: heldTimeOf(event.time),
    repeats: event.recurrence.kind === 'series',
    status: event.status,
    busy: event.busy,
    visibility: event.visibility,
    organizer: event.organizer?.email ?? null,
    guests: event.attendees
      .map(({ email, response, optional }) => ({ email, response, optional }))
      .toSorted((one, other) => (one.email < other.email ? -1 : 1)),
    marker: event.marker,
  };
}

export function held(event: HeldEvent): Comparable {
  const { id: _id, extras: _extras, joinUrl: _join, reminderMinutes: _minutes, rules, ...rest } = event;
  return {
    ...rest,
    repeats: rules.length > 0,
    guests: event.guests.toSorted((one, other) => (one.email < other.email ? -1 : 1)),
  };
}

/** That each event which the service holds was told, as it is, and nothing else. Cancelled exceptions are holes, not events. */
export function expectSame(events: Iterable<ProviderEvent>, all: readonly HeldEvent[]): void {
  const there = [...events].filter((event) => event.status !== 'cancelled' && event.recurrence.kind !== 'occurrence');
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  expect(there.toSorted(byId).map((event) => ({ id: event.id, ...told(event) }))).toEqual(
    all.toSorted(byId).map((event) => ({ id: event.id, ...held(event) })),
  );
}
