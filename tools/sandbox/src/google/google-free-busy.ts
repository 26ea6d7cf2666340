import { z } from 'zod';
import { findAccount, isAddressOf, openCalendar } from './google-accounts.ts';
import { GoogleApiError, badRequest, timeRangeEmpty } from './google-error.ts';
import { readMoment } from './google-event-list.ts';
import type { ResolvedEvent, TimeWindow } from './google-event-store.ts';
import { instancesOf, isSeries, resolveStored, spanOf, touches } from './google-event-store.ts';
import { showTime } from './google-event-view.ts';
import type { GoogleAccount, GoogleCalendar } from './google-state.ts';
import type { GoogleWorld } from './google-world.ts';

const freeBusyBody = z.object({
  timeMin: z.string(),
  timeMax: z.string(),
  timeZone: z.string().nullish(),
  calendarExpansionMax: z.int().nullish(),
  groupExpansionMax: z.int().nullish(),
  items: z.array(z.object({ id: z.string() })).nullish(),
});

export interface FreeBusyCalendar {
  busy: { start?: string; end?: string }[];
  errors?: { domain: string; reason: string }[];
}

export interface FreeBusyBody {
  kind: 'calendar#freeBusy';
  timeMin: string;
  timeMax: string;
  groups?: Record<string, never>;
  calendars: Record<string, FreeBusyCalendar>;
}

/** Google documents no limit; a longer range is refused here so that clients learn to cut theirs. */
const MAX_RANGE_MS = 93 * 86_400_000;
const MAX_CALENDARS = 50;

export function queryFreeBusy(world: GoogleWorld, account: GoogleAccount, body: unknown): FreeBusyBody {
  const parsed = freeBusyBody.safeParse(body);
  if (!parsed.success) throw badRequest('Bad Request', { reason: 'badRequest', location: parsed.error.issues[0]?.path.join('.') });
  const { data } = parsed;
  const window = { fromMs: readMoment(data.timeMin, 'timeMin'), untilMs: readMoment(data.timeMax, 'timeMax') };
  if (window.untilMs <= window.fromMs) throw timeRangeEmpty();
  if (window.untilMs - window.fromMs > MAX_RANGE_MS) {
    throw new GoogleApiError({
      status: 400,
      reason: 'timeRangeTooLong',
      domain: 'calendar',
      message: 'The requested time range is too long.',
      location: 'timeMax',
    });
  }
  const zone = data.timeZone ?? 'UTC';
  const most = Math.min(data.calendarExpansionMax ?? MAX_CALENDARS, MAX_CALENDARS);
  const calendars: Record<string, FreeBusyCalendar> = {};
  for (const [index, { id }] of (data.items ?? []).entries()) {
    calendars[id] = index >= most ? failed('tooManyCalendarsRequested') : busyOf(world, account, { id, window, zone });
  }
  return {
    kind: 'calendar#freeBusy',
    timeMin: new Date(window.fromMs).toISOString(),
    timeMax: new Date(window.untilMs).toISOString(),
    calendars,
  };
}

function busyOf(world: GoogleWorld, account: GoogleAccount, wish: { id: string; window: TimeWindow; zone: string }): FreeBusyCalendar {
  let calendar: GoogleCalendar;
  try {
    calendar = openCalendar(world, account, wish.id).calendar;
  } catch {
    return failed('notFound');
  }
  const merged: { start: number; end: number }[] = [];
  for (const span of busySpans(world, calendar, wish.window).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return { busy: merged.map(({ start, end }) => ({ start: show(start, wish.zone), end: show(end, wish.zone) })) };
}

function busySpans(world: GoogleWorld, calendar: GoogleCalendar, window: TimeWindow): { start: number; end: number }[] {
  const owner = findAccount(world, calendar.ownerEmail);
  const found: { start: number; end: number }[] = [];
  for (const stored of calendar.events.values()) {
    const events =
      isSeries(stored) || stored.hasOnlyExceptions ? instancesOf(world, calendar, { master: stored, window }) : [resolveStored(stored)];
    for (const event of events) {
      if (!isBusy(event, owner) || !touches(calendar, event, window)) continue;
      try {
        const { start, end } = spanOf(calendar, event);
        found.push({ start: Math.max(start, window.fromMs), end: Math.min(end, window.untilMs) });
      } catch {
        continue;
      }
    }
  }
  return found;
}

/** Tentative and unanswered events take time; transparent, declined and cancelled ones do not. */
function isBusy(event: ResolvedEvent, owner: GoogleAccount | null): boolean {
  if (event.status === 'cancelled' || event.fields.transparency === 'transparent') return false;
  return !(event.fields.attendees ?? []).some(
    (attendee) => owner !== null && isAddressOf(owner, attendee.email) && attendee.responseStatus === 'declined',
  );
}

function failed(reason: string): FreeBusyCalendar {
  return { busy: [], errors: [{ domain: reason === 'notFound' ? 'global' : 'calendar', reason }] };
}

function show(epochMs: number, zone: string): string | undefined {
  return showTime({ dateTime: new Date(epochMs).toISOString() }, zone)?.dateTime;
}
