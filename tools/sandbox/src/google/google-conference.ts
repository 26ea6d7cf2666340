import { findEvent, touchEvent } from './google-event-store.ts';
import type { GoogleCalendar } from './google-state.ts';
import type { GoogleConferenceData, GoogleEventFields } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { derivedEventId } from './google-world.ts';
import { propagateToGuests } from './google-guests.ts';

export interface ConferenceWish {
  readonly calendar: GoogleCalendar;
  readonly eventId: string;
  readonly current: GoogleEventFields;
  /** `undefined`: left out of the body; `null`: cleared. */
  readonly wanted: Record<string, unknown> | null | undefined;
  readonly version: number;
  /** A PUT without conference data takes it away, a PATCH leaves it. */
  readonly isReplacement: boolean;
}

/** The conference fields after a write. With version 0 the body's conference data is ignored. */
export function applyConference(world: GoogleWorld, wish: ConferenceWish): Pick<GoogleEventFields, 'conferenceData' | 'hangoutLink'> {
  const { conferenceData, hangoutLink } = wish.current;
  const unchanged = { conferenceData, hangoutLink };
  if (wish.version < 1) return unchanged;
  if (wish.wanted === null || (wish.wanted === undefined && wish.isReplacement))
    return { conferenceData: undefined, hangoutLink: undefined };
  if (wish.wanted === undefined) return unchanged;
  const wanted = wish.wanted as GoogleConferenceData;
  const requestId = wanted.createRequest?.requestId;
  if (requestId === undefined || requestId === conferenceData?.createRequest?.requestId) {
    return wanted.entryPoints === undefined ? unchanged : { conferenceData: wanted, hangoutLink };
  }
  const { delayMs, fails, pending } = world.state.conference;
  if (delayMs > 0) {
    pending.push({ calendarId: wish.calendar.id, eventId: wish.eventId, readyAtMs: world.clock.now() + delayMs });
    return { conferenceData: { createRequest: requestOf(requestId, 'pending') }, hangoutLink: undefined };
  }
  return finished(requestId, fails ? 'failure' : 'success');
}

/** Finishes the conferences whose delay is over, as a change that readers of the calendar see. */
export function settleConferences(world: GoogleWorld): void {
  const { pending, fails } = world.state.conference;
  const due = pending.filter((entry) => entry.readyAtMs <= world.clock.now());
  if (due.length === 0) return;
  world.state.conference.pending = pending.filter((entry) => !due.includes(entry));
  for (const { calendarId, eventId } of due) {
    const calendar = world.state.calendars.get(calendarId);
    const event = calendar === undefined ? null : findEvent(calendar, eventId);
    const requestId = event?.fields.conferenceData?.createRequest?.requestId;
    if (calendar === undefined || event === null || requestId === undefined) continue;
    const fields = finished(requestId, fails ? 'failure' : 'success');
    if (event.exception !== null) event.exception.overlay = { ...event.exception.overlay, ...fields };
    else event.stored.fields = { ...event.stored.fields, ...fields };
    touchEvent(world, calendar, event.exception ?? event.stored);
    propagateToGuests(world, calendar, event.stored);
  }
}

/** A conference as it looks once it is made; also used for demo events. */
export function meetConference(requestId: string): Pick<GoogleEventFields, 'conferenceData' | 'hangoutLink'> {
  return finished(requestId, 'success');
}

function finished(requestId: string, statusCode: 'success' | 'failure'): Pick<GoogleEventFields, 'conferenceData' | 'hangoutLink'> {
  if (statusCode === 'failure') return { conferenceData: { createRequest: requestOf(requestId, 'failure') }, hangoutLink: undefined };
  const letters = derivedEventId(requestId).replaceAll(/[0-9]/g, (digit) => 'wxyzabcdef'.charAt(Number(digit)));
  const code = `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7, 10)}`;
  return {
    hangoutLink: `https://meet.google.com/${code}`,
    conferenceData: {
      createRequest: requestOf(requestId, 'success'),
      entryPoints: [{ entryPointType: 'video', uri: `https://meet.google.com/${code}`, label: `meet.google.com/${code}` }],
      conferenceSolution: {
        key: { type: 'hangoutsMeet' },
        name: 'Google Meet',
        iconUri: 'https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png',
      },
      conferenceId: code,
    },
  };
}

function requestOf(requestId: string, statusCode: string): GoogleConferenceData['createRequest'] {
  return { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' }, status: { statusCode } };
}
