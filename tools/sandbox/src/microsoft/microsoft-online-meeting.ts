import { touchEvent } from './microsoft-event-store.ts';
import { htmlOf } from './microsoft-event-view.ts';
import { propagateToGuests } from './microsoft-guests.ts';
import { derivedEventKey } from './microsoft-ids.ts';
import type { MicrosoftCalendar } from './microsoft-state.ts';
import type { MicrosoftEventFields, OnlineMeetingProvider } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** The fields after a write that may switch an online meeting on. Once on it stays; a body without its join block ends it. */
export function applyOnlineMeeting(
  world: MicrosoftWorld,
  wish: {
    readonly calendar: MicrosoftCalendar;
    readonly key: string;
    readonly stamp: string | null;
    readonly before: MicrosoftEventFields | null;
    readonly next: MicrosoftEventFields;
    readonly wanted: { readonly isOnlineMeeting?: boolean | null; readonly onlineMeetingProvider?: OnlineMeetingProvider | null };
  },
): MicrosoftEventFields {
  const { calendar, key, stamp, before, next, wanted } = wish;
  if (before?.isOnlineMeeting === true) {
    const joinUrl = before.onlineMeeting?.joinUrl;
    // Widely reported, not in the reference: whoever writes a body without the block ends the meeting.
    if (joinUrl === undefined || next.body === before.body || htmlOf(next.body).includes(joinUrl)) return next;
    return { ...next, isOnlineMeeting: false, onlineMeetingProvider: 'unknown', onlineMeeting: null };
  }
  if (wanted.isOnlineMeeting !== true) return next;
  const provider = wanted.onlineMeetingProvider ?? calendar.defaultProvider;
  if (!calendar.allowedProviders.includes(provider)) return next;
  const { delayMs, fails, pending } = world.state.onlineMeetings;
  const started: MicrosoftEventFields = { ...next, isOnlineMeeting: true, onlineMeetingProvider: provider, onlineMeeting: null };
  if (fails) return started;
  if (delayMs === 0) return withMeeting(started, `${key}${stamp ?? ''}`);
  pending.push({ calendarId: calendar.id, key, stamp, readyAtMs: world.clock.now() + delayMs });
  return started;
}

/** Finishes the meetings whose delay is over, as a change that readers of the calendar see. */
export function settleOnlineMeetings(world: MicrosoftWorld): void {
  const { pending, fails } = world.state.onlineMeetings;
  const due = pending.filter((entry) => entry.readyAtMs <= world.clock.now());
  if (due.length === 0) return;
  world.state.onlineMeetings.pending = pending.filter((entry) => !due.includes(entry));
  for (const { calendarId, key, stamp } of fails ? [] : due) {
    const calendar = world.state.calendars.get(calendarId);
    const stored = calendar?.events.get(key);
    if (calendar === undefined || stored === undefined || stored.isDeleted) continue;
    const exception = stamp === null ? undefined : stored.exceptions.get(stamp);
    if (exception === undefined) stored.fields = withMeeting(stored.fields, key);
    else {
      const { onlineMeeting, body } = withMeeting({ ...stored.fields, ...exception.overlay }, `${key}${stamp ?? ''}`);
      exception.overlay = { ...exception.overlay, onlineMeeting, body };
    }
    touchEvent(world, calendar, exception ?? stored);
    propagateToGuests(world, calendar, stored);
  }
}

function withMeeting(fields: MicrosoftEventFields, seed: string): MicrosoftEventFields {
  const made = derivedEventKey('meeting', seed);
  const joinUrl = `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${made}%40thread.v2/0`;
  const conferenceId = String(Number.parseInt(made.slice(0, 7), 16)).padStart(9, '0');
  const block = `<div id="teams-meeting"><p>Microsoft Teams</p><a href="${joinUrl}">Join the meeting now</a></div>`;
  return {
    ...fields,
    body: { contentType: 'html', content: `${htmlOf(fields.body)}${block}` },
    onlineMeeting: { joinUrl, conferenceId, tollNumber: '+1 555 0100' },
  };
}
