import { z } from 'zod';
import { defaultCalendarOf, roleOf } from './microsoft-calendars.ts';
import { GraphError, badRequest } from './microsoft-error.ts';
import { instancesIn } from './microsoft-event-list.ts';
import { mailboxZoneOf } from './microsoft-event-store.ts';
import { withCamelCase } from './microsoft-meeting-actions.ts';
import { findPerson } from './microsoft-people.ts';
import type { Preferences } from './microsoft-prefer.ts';
import type { TimeWindow } from './microsoft-recurrence.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';
import { dateTimeAt, momentOf, readDateTime, spanOf } from './microsoft-times.ts';
import type { ShowAs } from './microsoft-types.ts';
import { isRoleAtLeast } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

const dateTime = z.object({ dateTime: z.string(), timeZone: z.string().nullish() });
const scheduleBody = z.object({
  schedules: z.array(z.string()).min(1),
  startTime: dateTime,
  endTime: dateTime,
  availabilityViewInterval: z.int().nullish(),
});

const MAX_SCHEDULES = 20;
const MAX_DAYS = 62;
/** Working elsewhere counts as free in the view; older texts gave it a 4. */
const DIGITS: Readonly<Record<ShowAs, number>> = { free: 0, workingElsewhere: 0, unknown: 0, tentative: 1, busy: 2, oof: 3 };

interface BusyTime {
  readonly startMs: number;
  readonly endMs: number;
  readonly status: ShowAs;
  readonly subject: string;
  readonly location: string;
  readonly isPrivate: boolean;
}

/** Free and busy of several people at once; a person who cannot be read gets an error in the list. @throws GraphError 400, 501 */
export function answerSchedule(
  world: MicrosoftWorld,
  call: { caller: MicrosoftPerson; body: unknown; preferences: Preferences },
): Record<string, unknown> {
  const { caller, preferences } = call;
  // Work or school accounts only; how others are refused is not confirmed.
  if (caller.isPersonal) throw new GraphError(501, 'notSupported', 'This operation is not supported for personal accounts.');
  const parsed = scheduleBody.safeParse(withCamelCase(call.body));
  if (!parsed.success) throw badRequest('ErrorInvalidRequest', z.prettifyError(parsed.error));
  const { schedules, startTime, endTime } = parsed.data;
  const interval = parsed.data.availabilityViewInterval ?? 30;
  if (interval < 5 || interval > 1440)
    throw badRequest('ErrorInvalidParameter', 'The availability view interval is between 5 and 1440 minutes.');
  if (schedules.length > MAX_SCHEDULES)
    throw badRequest('ErrorMailboxDataArrayTooBig', `At most ${MAX_SCHEDULES} schedules can be asked for at once.`);
  const window = { fromMs: momentOf(readDateTime(startTime, 'startTime')), untilMs: momentOf(readDateTime(endTime, 'endTime')) };
  if (window.untilMs <= window.fromMs) throw badRequest('ErrorInvalidParameter', 'The end of the window is not after its start.');
  if (window.untilMs - window.fromMs >= MAX_DAYS * 86_400_000)
    throw badRequest('ErrorTimeIntervalTooBig', `The window is less than ${MAX_DAYS} days long.`);
  return { value: schedules.map((scheduleId) => scheduleOf(world, { caller, preferences, scheduleId, window, interval })) };
}

function scheduleOf(
  world: MicrosoftWorld,
  wish: { caller: MicrosoftPerson; preferences: Preferences; scheduleId: string; window: TimeWindow; interval: number },
): Record<string, unknown> {
  const { scheduleId, window, interval, caller } = wish;
  const person = findPerson(world, scheduleId);
  if (person === null || !person.hasMailbox || person.tenantId !== caller.tenantId) {
    // The code is that of the documentation's sample, not confirmed.
    const message = 'The recipient was not found, or its availability cannot be read.';
    return { scheduleId, error: { message, responseCode: 'ErrorMailRecipientNotFound' } };
  }
  const calendar = defaultCalendarOf(world, person);
  const seesDetails = isRoleAtLeast(roleOf(world, calendar, caller), 'limitedRead');
  const { timeZone } = wish.preferences;
  const busy = busyTimesOf(world, person, window);
  return {
    scheduleId,
    availabilityView: viewOf(busy, { window, interval }),
    scheduleItems: busy.map(({ startMs, endMs, status, subject, location, isPrivate }) => ({
      ...(seesDetails && !isPrivate ? { isPrivate, subject, location } : seesDetails ? { isPrivate } : {}),
      status,
      start: dateTimeAt(startMs, timeZone),
      end: dateTimeAt(endMs, timeZone),
    })),
    workingHours: { ...person.workingHours, timeZone: { name: person.timeZone } },
  };
}

/** Everything on the default calendar that is not free. */
export function busyTimesOf(world: MicrosoftWorld, person: MicrosoftPerson, window: TimeWindow): BusyTime[] {
  const calendar = defaultCalendarOf(world, person);
  const mailboxZone = mailboxZoneOf(world, calendar);
  return instancesIn(world, calendar, window)
    .filter((event) => !event.isCancelled && event.fields.showAs !== 'free')
    .map(({ fields }) => ({
      ...spanOf(fields, mailboxZone),
      status: fields.showAs,
      subject: fields.subject ?? '',
      location: fields.location.displayName,
      isPrivate: fields.sensitivity === 'private' || fields.sensitivity === 'confidential',
    }));
}

/** One digit for each interval: the strongest status in it. */
function viewOf(busy: readonly BusyTime[], { window, interval }: { window: TimeWindow; interval: number }): string {
  const stepMs = interval * 60_000;
  const digits: number[] = [];
  for (let at = window.fromMs; at < window.untilMs; at += stepMs) {
    const inside = busy.filter((time) => time.startMs < at + stepMs && time.endMs > at);
    digits.push(Math.max(0, ...inside.map(({ status }) => DIGITS[status])));
  }
  return digits.join('');
}
