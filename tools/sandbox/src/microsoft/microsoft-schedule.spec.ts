import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphAnswer, GraphWorld } from '../testing/graph-caller.ts';
import { graphCaller, meeting, startGraphWorld } from '../testing/graph-caller.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.sandbox.close());

interface Schedule {
  readonly scheduleId: string;
  readonly availabilityView?: string;
  readonly scheduleItems?: readonly Readonly<Record<string, unknown>>[];
  readonly error?: { readonly responseCode: string };
  readonly workingHours?: { readonly timeZone: { readonly name: string } };
}

const at = (dateTime: string) => ({ dateTime, timeZone: 'Europe/Berlin' });

function ask(schedules: readonly string[], more: Readonly<Record<string, unknown>> = {}, caller = world.ada): Promise<GraphAnswer> {
  const body = { schedules, startTime: at('2026-11-23T09:00:00'), endTime: at('2026-11-23T13:00:00'), ...more };
  return caller('POST', 'me/calendar/getSchedule', { body, headers: { prefer: 'outlook.timezone="Europe/Berlin"' } });
}

function schedulesOf({ body }: GraphAnswer): readonly Schedule[] {
  return (body.value ?? []) as unknown as readonly Schedule[];
}

describe('getSchedule', () => {
  it('gives a digit for each interval and the busy times, without details of colleagues', async () => {
    await world.leo('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    await world.leo('POST', 'me/events', { body: meeting('2026-11-23', '11:00', { showAs: 'tentative' }) });
    await world.leo('POST', 'me/events', { body: meeting('2026-11-23', '12:00', { showAs: 'free' }) });
    const [leo] = schedulesOf(await ask(['leo@acme.example']));
    expect(leo?.availabilityView).toBe('00221100');
    expect(leo?.scheduleItems).toEqual([
      {
        status: 'busy',
        start: { dateTime: '2026-11-23T10:00:00.0000000', timeZone: 'Europe/Berlin' },
        end: { dateTime: '2026-11-23T11:00:00.0000000', timeZone: 'Europe/Berlin' },
      },
      expect.objectContaining({ status: 'tentative' }),
    ]);
    expect(leo?.workingHours?.timeZone.name).toBe('America/New_York');
  });

  it('shows subjects to those who may see them, but not of private events', async () => {
    await world.leo('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    await world.leo('POST', 'me/events', { body: meeting('2026-11-23', '11:00', { sensitivity: 'private' }) });
    world.sandbox.microsoft.setAccess(world.sandbox.microsoft.defaultCalendar('leo@acme.example'), 'ada@acme.example', 'limitedRead');
    const [leo] = schedulesOf(await ask(['leo@acme.example']));
    expect(leo?.scheduleItems?.map(({ subject, isPrivate }) => [subject, isPrivate])).toEqual([
      ['Meeting', false],
      [undefined, true],
    ]);
  });

  it('answers for those it knows, and with an error for each of the others', async () => {
    const answer = await ask(['ada@acme.example', 'nobody@acme.example', 'rosa@globex.example']);
    expect(answer.status).toBe(200);
    expect(schedulesOf(answer).map(({ scheduleId, error }) => [scheduleId, error?.responseCode])).toEqual([
      ['ada@acme.example', undefined],
      ['nobody@acme.example', 'ErrorMailRecipientNotFound'],
      ['rosa@globex.example', 'ErrorMailRecipientNotFound'],
    ]);
  });

  it('takes members in Pascal case and other intervals', async () => {
    const body = {
      Schedules: ['ada@acme.example'],
      StartTime: at('2026-11-23T09:00:00'),
      EndTime: at('2026-11-23T10:00:00'),
      AvailabilityViewInterval: 5,
    };
    const answer = await world.ada('POST', 'me/calendar/getSchedule', { body });
    expect(schedulesOf(answer)[0]?.availabilityView).toBe('0'.repeat(12));
  });

  it.each([
    ['more than 20 people', Array.from({ length: 21 }, () => 'ada@acme.example'), {}, 'ErrorMailboxDataArrayTooBig'],
    ['62 days', ['ada@acme.example'], { endTime: at('2027-01-24T09:00:00') }, 'ErrorTimeIntervalTooBig'],
    ['intervals under five minutes', ['ada@acme.example'], { availabilityViewInterval: 4 }, 'ErrorInvalidParameter'],
    ['an end before the start', ['ada@acme.example'], { endTime: at('2026-11-22T09:00:00') }, 'ErrorInvalidParameter'],
  ])('refuses %s', async (_name, people, more, code) => {
    const answer = await ask(people, more);
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  it('is not for personal accounts', async () => {
    const kim = graphCaller(world.sandbox, world.sandbox.microsoft.connect('kim@outlook.com').accessToken);
    expect((await ask(['kim@outlook.com'], {}, kim)).code).toBe('notSupported');
  });
});

describe('findMeetingTimes', () => {
  const find = async (more: Readonly<Record<string, unknown>> = {}) => {
    const body = {
      attendees: [{ type: 'required', emailAddress: { address: 'leo@acme.example' } }],
      timeConstraint: { timeSlots: [{ start: at('2026-11-23T09:00:00'), end: at('2026-11-23T11:00:00') }] },
      meetingDuration: 'PT1H',
      ...more,
    };
    const answer = await world.ada('POST', 'me/findMeetingTimes', { body });
    return answer.body as unknown as {
      emptySuggestionsReason: string;
      meetingTimeSuggestions: { confidence: number; meetingTimeSlot: { start: { dateTime: string } } }[];
    };
  };

  it('suggests the times at which nobody is busy', async () => {
    await world.leo('POST', 'me/events', { body: meeting('2026-11-23', '09:00') });
    const found = await find();
    expect(found.meetingTimeSuggestions.map(({ confidence, meetingTimeSlot }) => [confidence, meetingTimeSlot.start.dateTime])).toEqual([
      [100, '2026-11-23T09:00:00.0000000'],
    ]);
  });

  it('says why there is none', async () => {
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '09:00') });
    expect(await find()).toMatchObject({ emptySuggestionsReason: 'organizerUnavailable', meetingTimeSuggestions: [] });
    expect((await find({ isOrganizerOptional: true, maxCandidates: 2 })).meetingTimeSuggestions).toHaveLength(2);
  });
});
