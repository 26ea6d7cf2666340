import { interval, parseInstant } from '@daymark/domain';
import type { MeetingTimesRequest } from '@daymark/provider-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outlookFindTimes } from './outlook-find-times.ts';
import { ADA, KIM, LEO, ROSA, SandboxMailboxes } from './testing/sandbox-mailboxes.ts';
import { ScriptedGraph } from './testing/scripted-graph.ts';

const MORNING = interval(parseInstant('2026-11-23T09:00:00Z'), parseInstant('2026-11-23T11:00:00Z'));

function wish(more: Partial<MeetingTimesRequest> = {}): MeetingTimesRequest {
  return { attendees: [{ email: LEO, optional: false }], window: MORNING, durationMs: 60 * 60_000, limit: 5, ...more };
}

describe('proposals of times', () => {
  let world: SandboxMailboxes;
  beforeEach(async () => {
    world = await SandboxMailboxes.start();
  });
  afterEach(() => world.sandbox.close());

  const busy = (as: string, from: string, until: string) =>
    world.sandbox.microsoft.createEvent(
      { as },
      { start: { dateTime: `2026-11-23T${from}:00`, timeZone: 'UTC' }, end: { dateTime: `2026-11-23T${until}:00`, timeZone: 'UTC' } },
    );

  it('SCH-04 are those at which everybody is free', async () => {
    busy(LEO, '09:00', '10:00');
    const found = await outlookFindTimes(world.client(ADA)).find(wish());
    expect(found).toEqual([
      {
        interval: interval(parseInstant('2026-11-23T10:00:00Z'), MORNING.end),
        confidence: 1,
        attendees: [{ email: LEO, state: 'free' }],
      },
    ]);
  });

  it('SCH-04 do not take who is not known for free', async () => {
    const attendees = [LEO, 'nobody@acme.example'].map((email) => ({ email, optional: false }));
    const [first] = await outlookFindTimes(world.client(ADA)).find(wish({ attendees, limit: 1 }));
    expect(first).toMatchObject({ confidence: 0.745, attendees: [{ state: 'free' }, { email: 'nobody@acme.example', state: 'unknown' }] });
  });

  it('SCH-04 may be none', async () => {
    busy(ADA, '08:00', '12:00');
    expect(await outlookFindTimes(world.client(ADA)).find(wish())).toEqual([]);
  });

  it('are not made for personal accounts', async () => {
    const found = outlookFindTimes(world.client(KIM)).find(wish());
    await expect(found).rejects.toMatchObject({ problem: 'suggestions-unavailable', reason: 'notSupported' });
  });
});

describe('what is asked of Graph', () => {
  const slot = (from: string, until: string) => ({
    start: { dateTime: `2026-11-23T${from}:00.0000000`, timeZone: 'UTC' },
    end: { dateTime: `2026-11-23T${until}:00.0000000`, timeZone: 'UTC' },
  });

  it('names everybody, the window and how long', async () => {
    const graph = new ScriptedGraph({ body: { emptySuggestionsReason: 'unknown', meetingTimeSuggestions: [] } });
    const attendees = [
      { email: LEO, optional: false },
      { email: ROSA, optional: true },
    ];
    expect(await outlookFindTimes(graph.client).find(wish({ attendees, durationMs: 90 * 60_000, limit: 3 }))).toEqual([]);
    expect(graph.last.body).toEqual({
      attendees: [
        { type: 'required', emailAddress: { address: LEO } },
        { type: 'optional', emailAddress: { address: ROSA } },
      ],
      timeConstraint: {
        activityDomain: 'unrestricted',
        timeSlots: [
          { start: { dateTime: '2026-11-23T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2026-11-23T11:00:00', timeZone: 'UTC' } },
        ],
      },
      meetingDuration: 'PT90M',
      maxCandidates: 3,
      isOrganizerOptional: false,
    });
  });

  it('comes back best first, within the window, no more than was asked for', async () => {
    const suggestion = (confidence: number | null, from: string, until: string, availability: string) => ({
      confidence,
      meetingTimeSlot: slot(from, until),
      attendeeAvailability: [{ availability, attendee: { emailAddress: { address: LEO.toUpperCase() } } }],
    });
    const body = {
      meetingTimeSuggestions: [
        suggestion(null, '09:00', '10:00', 'Oof'),
        suggestion(50, '09:30', '10:30', 'tentative'),
        suggestion(100, '12:00', '13:00', 'free'),
        suggestion(100, '10:00', '11:00', 'workingElsewhere'),
      ],
    };
    const found = await outlookFindTimes(new ScriptedGraph({ body }).client).find(wish({ limit: 2 }));
    expect(found.map(({ confidence, attendees }) => [confidence, attendees[0]?.state])).toEqual([
      [1, 'free'],
      [0.5, 'tentative'],
    ]);
    const all = await outlookFindTimes(new ScriptedGraph({ body }).client).find(wish());
    expect(all.at(-1)).toMatchObject({ confidence: 0, attendees: [{ state: 'busy' }] });
  });

  it('is nothing without a whole number of minutes, or for no proposal', async () => {
    const finder = outlookFindTimes(new ScriptedGraph().client);
    await expect(finder.find(wish({ durationMs: 90_500 }))).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await finder.find(wish({ limit: 0 }))).toEqual([]);
  });

  it('is not guessed when a time cannot be read', async () => {
    const body = { meetingTimeSuggestions: [{ confidence: 100, meetingTimeSlot: slot('11:00', '10:00') }] };
    await expect(outlookFindTimes(new ScriptedGraph({ body }).client).find(wish())).rejects.toMatchObject({ code: 'invalid-response' });
  });
});
