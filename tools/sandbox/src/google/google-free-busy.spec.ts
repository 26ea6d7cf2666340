import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, TestWorld } from '../testing/google-caller.ts';
import { meeting, startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

const EVENTS = 'calendars/primary/events';
const DAY = { timeMin: '2026-11-23T00:00:00Z', timeMax: '2026-11-24T00:00:00Z' };

function ask(ids: readonly string[], more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return world.leo('POST', 'freeBusy', { body: { ...DAY, items: ids.map((id) => ({ id })), ...more } });
}

describe('freeBusy.query', () => {
  it('F42 counts series, tentative, all-day and unanswered events; merges what touches', async () => {
    await world.ada('POST', EVENTS, { body: meeting('2026-11-02', '10:00', { recurrence: ['RRULE:FREQ=WEEKLY'] }) });
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '11:00', { status: 'tentative' }) });
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '15:00') });
    const { body } = await ask(['ada@acme.example'], { timeZone: 'Europe/Berlin' });
    expect(body.calendars?.['ada@acme.example']).toEqual({
      busy: [
        { start: '2026-11-23T10:00:00+01:00', end: '2026-11-23T12:00:00+01:00' },
        { start: '2026-11-23T15:00:00+01:00', end: '2026-11-23T16:00:00+01:00' },
      ],
    });
    await world.ada('POST', EVENTS, { body: { summary: 'Trip', start: { date: '2026-11-23' }, end: { date: '2026-11-24' } } });
    const whole = await ask(['ada@acme.example']);
    expect(whole.body.calendars?.['ada@acme.example']?.busy).toEqual([{ start: '2026-11-23T00:00:00Z', end: '2026-11-23T23:00:00Z' }]);
  });

  it('leaves out transparent, declined, cancelled and working-location events', async () => {
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', { transparency: 'transparent' }) });
    const place = { eventType: 'workingLocation', workingLocationProperties: { type: 'homeOffice', homeOffice: {} } };
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '11:00', place) });
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '12:00') });
    await world.ada('DELETE', `${EVENTS}/${body.id}`);
    const invited = world.sandbox.google.createEvent(
      { as: 'leo@acme.example' },
      meeting('2026-11-23', '13:00', { attendees: [{ email: 'ada@acme.example' }] }),
    );
    const copy = world.sandbox.google.findGuestCopy('ada@acme.example', { calendarId: 'leo@acme.example', eventId: invited.id }) ?? '';
    world.sandbox.google.respond({ as: 'ada@acme.example' }, copy, 'declined');
    expect((await ask(['ada@acme.example'])).body.calendars?.['ada@acme.example']).toEqual({ busy: [] });
  });

  it('F42 answers 200 with an error for each calendar that is not known, and for each beyond fifty', async () => {
    const { status, body } = await ask(['ada@acme.example', 'rosa@globex.example', 'nobody@nowhere.example']);
    expect(status).toBe(200);
    expect(body.calendars?.['ada@acme.example']?.errors).toBeUndefined();
    expect(body.calendars?.['rosa@globex.example']).toEqual({ busy: [], errors: [{ domain: 'global', reason: 'notFound' }] });
    const many = await ask(Array.from({ length: 52 }, (_unused, index) => `p${index}@acme.example`));
    expect(many.body.calendars?.['p49@acme.example']?.errors?.[0]?.reason).toBe('notFound');
    expect(many.body.calendars?.['p50@acme.example']?.errors?.[0]?.reason).toBe('tooManyCalendarsRequested');
  });

  it('refuses an empty and a very long range', async () => {
    expect((await ask([], { timeMax: DAY.timeMin })).reason).toBe('timeRangeEmpty');
    expect((await ask([], { timeMax: '2027-11-23T00:00:00Z' })).reason).toBe('timeRangeTooLong');
  });
});
