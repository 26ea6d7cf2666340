import { MINUTE_MS, formatInstant, interval } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import type { MeetingTimesFinder, MeetingTimesRequest, ProposedTime } from '@daymark/provider-contract';
import { suggestions } from './outlook-api.ts';
import type { GraphSuggestion } from './outlook-api.ts';
import type { OutlookClient } from './outlook-client.ts';
import { isUnsupported, proposesNoTimes, unexpectedAnswer, unfitRequest } from './outlook-error.ts';
import { UnreadableEvent, readMoment } from './outlook-time.ts';

/** findMeetingTimes, of work and school accounts; https://learn.microsoft.com/en-us/graph/api/user-findmeetingtimes */
export function outlookFindTimes(client: OutlookClient): MeetingTimesFinder {
  return { find: (request) => findTimes(client, request) };
}

async function findTimes(client: OutlookClient, request: MeetingTimesRequest): Promise<readonly ProposedTime[]> {
  if (request.durationMs < MINUTE_MS || request.durationMs % MINUTE_MS !== 0) throw unfitRequest('duration-in-whole-minutes', 'free-busy');
  if (request.limit < 1) return [];
  const proposals = (await askForTimes(client, request)).map((suggestion) => readSuggestion(suggestion, request));
  return proposals
    .filter((proposal) => proposal.interval.start >= request.window.start && proposal.interval.end <= request.window.end)
    .toSorted((one, other) => other.confidence - one.confidence || one.interval.start - other.interval.start)
    .slice(0, request.limit);
}

async function askForTimes(client: OutlookClient, request: MeetingTimesRequest): Promise<readonly GraphSuggestion[]> {
  try {
    const { meetingTimeSuggestions } = await client.call({
      purpose: 'free-busy',
      method: 'POST',
      path: '/me/findMeetingTimes',
      body: {
        attendees: request.attendees.map(({ email, optional }) => ({
          type: optional ? 'optional' : 'required',
          emailAddress: { address: email },
        })),
        // Any hour: who may be booked when is the host's to say.
        timeConstraint: { activityDomain: 'unrestricted', timeSlots: [slotOf(request.window)] },
        meetingDuration: `PT${request.durationMs / MINUTE_MS}M`,
        maxCandidates: request.limit,
        isOrganizerOptional: false,
      },
      answer: suggestions,
    });
    return meetingTimeSuggestions ?? [];
  } catch (error) {
    throw isUnsupported(error) ? proposesNoTimes(error) : error;
  }
}

function slotOf({ start, end }: Interval) {
  const moment = (at: Interval['start']) => ({ dateTime: formatInstant(at).replace('Z', ''), timeZone: 'UTC' });
  return { start: moment(start), end: moment(end) };
}

function readSuggestion(
  { confidence, meetingTimeSlot, attendeeAvailability }: GraphSuggestion,
  { attendees }: MeetingTimesRequest,
): ProposedTime {
  const states = new Map(
    (attendeeAvailability ?? []).map(({ attendee, availability }) => [attendee?.emailAddress?.address?.toLowerCase(), availability]),
  );
  return {
    interval: readSlot(meetingTimeSlot),
    // Per cent. One that is not told says nothing for the time.
    confidence: Math.min(1, Math.max(0, (confidence ?? 0) / 100)),
    attendees: attendees.map(({ email }) => ({ email, state: stateOf(states.get(email.toLowerCase())) })),
  };
}

function readSlot({ start, end }: GraphSuggestion['meetingTimeSlot']): Interval {
  try {
    return interval(readMoment(start), readMoment(end));
  } catch (error) {
    if (error instanceof UnreadableEvent || error instanceof RangeError) throw unexpectedAnswer('meetingTimeSlot: not a time', 'free-busy');
    throw error;
  }
}

function stateOf(availability: string | null | undefined): ProposedTime['attendees'][number]['state'] {
  return states[availability?.toLowerCase() ?? ''] ?? 'unknown';
}

const states: Readonly<Record<string, 'free' | 'tentative' | 'busy'>> = {
  free: 'free',
  workingelsewhere: 'free',
  tentative: 'tentative',
  busy: 'busy',
  oof: 'busy',
};
