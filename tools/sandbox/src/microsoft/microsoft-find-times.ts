import { z } from 'zod';
import { GraphError, badRequest } from './microsoft-error.ts';
import { withCamelCase } from './microsoft-meeting-actions.ts';
import { findPerson } from './microsoft-people.ts';
import type { Preferences } from './microsoft-prefer.ts';
import { busyTimesOf } from './microsoft-schedule.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';
import { dateTimeAt, momentOf, readDateTime } from './microsoft-times.ts';
import type { ShowAs } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

const dateTime = z.object({ dateTime: z.string(), timeZone: z.string().nullish() });
const findBody = z.object({
  attendees: z
    .array(z.object({ type: z.string().nullish(), emailAddress: z.object({ address: z.string(), name: z.string().nullish() }) }))
    .default([]),
  timeConstraint: z.object({ timeSlots: z.array(z.object({ start: dateTime, end: dateTime })).min(1) }),
  meetingDuration: z.iso.duration().nullish(),
  maxCandidates: z.int().min(1).nullish(),
  isOrganizerOptional: z.boolean().nullish(),
  returnSuggestionReasons: z.boolean().nullish(),
  minimumAttendeePercentage: z.number().min(0).max(100).nullish(),
});

const STEP_MS = 30 * 60_000;
const DEFAULT_CANDIDATES = 20;
const CONFIDENCE: Readonly<Record<ShowAs, number>> = { free: 100, workingElsewhere: 100, unknown: 49, tentative: 0, busy: 0, oof: 0 };

/** Suggestions every half hour in the slots that were named, the surest first. Rooms are not looked for. @throws GraphError 400, 501 */
export function answerFindTimes(
  world: MicrosoftWorld,
  call: { caller: MicrosoftPerson; body: unknown; preferences: Preferences },
): Record<string, unknown> {
  const { caller } = call;
  if (caller.isPersonal) throw new GraphError(501, 'notSupported', 'This operation is not supported for personal accounts.');
  const parsed = findBody.safeParse(withCamelCase(call.body));
  if (!parsed.success) throw badRequest('ErrorInvalidRequest', z.prettifyError(parsed.error));
  const wish = parsed.data;
  const lengthMs = Temporal.Duration.from(wish.meetingDuration ?? 'PT30M').total('milliseconds');
  const people = wish.attendees.map((attendee) => ({ attendee, person: findPerson(world, attendee.emailAddress.address) }));
  const slots = wish.timeConstraint.timeSlots.flatMap(({ start, end }) => {
    const until = momentOf(readDateTime(end, 'end'));
    const found: number[] = [];
    for (let at = momentOf(readDateTime(start, 'start')); at + lengthMs <= until; at += STEP_MS) found.push(at);
    return found;
  });
  const rated = slots.map((startMs) => {
    const window = { fromMs: startMs, untilMs: startMs + lengthMs };
    const organizer = availabilityOf(world, caller, window);
    const attendees = people.map(({ attendee, person }) => ({ attendee, availability: availabilityOf(world, person, window) }));
    const sum = attendees.reduce((total, { availability }) => total + CONFIDENCE[availability], 0);
    return { startMs, organizer, attendees, confidence: attendees.length === 0 ? 100 : sum / attendees.length };
  });
  const least = wish.minimumAttendeePercentage ?? 50;
  const withOrganizer = rated.filter(({ organizer }) => wish.isOrganizerOptional === true || CONFIDENCE[organizer] > 0);
  const good = withOrganizer
    .filter(({ confidence }) => confidence >= least)
    .sort((a, b) => b.confidence - a.confidence || a.startMs - b.startMs);
  const { timeZone } = call.preferences;
  return {
    emptySuggestionsReason: good.length > 0 ? '' : withOrganizer.length === 0 ? 'organizerUnavailable' : 'attendeesUnavailable',
    meetingTimeSuggestions: good
      .slice(0, wish.maxCandidates ?? DEFAULT_CANDIDATES)
      .map(({ startMs, organizer, attendees, confidence }, index) => ({
        confidence,
        order: index + 1,
        organizerAvailability: organizer,
        ...(wish.returnSuggestionReasons === true
          ? { suggestionReason: 'Suggested because it is one of the nearest times when attendees are available.' }
          : {}),
        meetingTimeSlot: { start: dateTimeAt(startMs, timeZone), end: dateTimeAt(startMs + lengthMs, timeZone) },
        attendeeAvailability: attendees.map(({ attendee, availability }) => ({
          availability,
          attendee: { type: attendee.type ?? 'required', emailAddress: { address: attendee.emailAddress.address } },
        })),
        locations: [],
      })),
  };
}

function availabilityOf(world: MicrosoftWorld, person: MicrosoftPerson | null, window: { fromMs: number; untilMs: number }): ShowAs {
  if (person === null || !person.hasMailbox) return 'unknown';
  const all = busyTimesOf(world, person, window).map(({ status }) => status);
  return (['oof', 'busy', 'tentative', 'workingElsewhere'] as const).find((status) => all.includes(status)) ?? 'free';
}
