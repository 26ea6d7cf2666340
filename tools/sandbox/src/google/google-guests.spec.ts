import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestWorld } from '../testing/google-caller.ts';
import { meeting, startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

const EVENTS = 'calendars/primary/events';
const LEO = 'leo@acme.example';

async function invite(more: Readonly<Record<string, unknown>> = {}, query = ''): Promise<{ original: string; copy: string }> {
  const body = meeting('2026-11-23', '10:00', { attendees: [{ email: LEO }, { email: 'guest@outside.example' }], ...more });
  const original = String((await world.ada('POST', `${EVENTS}${query}`, { body })).body.id);
  return { original, copy: world.sandbox.google.findGuestCopy(LEO, { calendarId: 'ada@acme.example', eventId: original }) ?? '' };
}

describe('a guest’s copy', () => {
  it('F03 has its own id and the organizer’s iCalUID', async () => {
    const { original, copy } = await invite();
    const mine = await world.ada('GET', `${EVENTS}/${original}`);
    const theirs = await world.leo('GET', `${EVENTS}/${copy}`);
    expect([theirs.body.id === original, theirs.body.iCalUID]).toEqual([false, mine.body.iCalUID]);
    expect([mine.body.organizer, theirs.body.organizer]).toEqual([
      { email: 'ada@acme.example', self: true },
      { email: 'ada@acme.example' },
    ]);
    expect(theirs.body.attendees).toEqual([
      { email: LEO, displayName: 'Leo Martens', responseStatus: 'needsAction', self: true },
      { email: 'guest@outside.example', responseStatus: 'needsAction' },
    ]);
  });

  it('F03 reaches a person under an alias', async () => {
    const body = meeting('2026-11-23', '10:00', { attendees: [{ email: 'a.lindqvist@acme.example' }] });
    await world.leo('POST', EVENTS, { body });
    expect(world.sandbox.google.events('ada@acme.example')[0]?.attendees?.[0]).toMatchObject({
      email: 'a.lindqvist@acme.example',
      self: true,
    });
  });

  it('follows the organizer, and keeps what is private to the guest', async () => {
    const { original, copy } = await invite();
    await world.leo('PATCH', `${EVENTS}/${copy}`, { body: { colorId: '5', extendedProperties: { private: { mine: '1' } } } });
    await world.ada('PATCH', `${EVENTS}/${original}`, { body: { summary: 'Renamed' } });
    expect((await world.leo('GET', `${EVENTS}/${copy}`)).body).toMatchObject({
      summary: 'Renamed',
      colorId: '5',
      extendedProperties: { private: { mine: '1' } },
    });
    expect((await world.ada('GET', `${EVENTS}/${original}`)).body.colorId).toBeUndefined();
  });

  it('carries the answer back to the organizer, in an increment with a new etag', async () => {
    const { original, copy } = await invite();
    const { body: list } = await world.ada('GET', EVENTS);
    const attendees = [{ email: LEO, responseStatus: 'accepted', comment: 'Gladly' }, { email: 'guest@outside.example' }];
    expect((await world.leo('PATCH', `${EVENTS}/${copy}`, { body: { attendees } })).status).toBe(200);
    const { body } = await world.ada('GET', `${EVENTS}?syncToken=${list.nextSyncToken}`);
    expect(body.items?.[0]).toMatchObject({ id: original });
    expect((body.items?.[0]?.attendees as unknown[])[0]).toMatchObject({ email: LEO, responseStatus: 'accepted', comment: 'Gladly' });
  });

  it.each([
    ['the title', { summary: 'Mine now' }],
    ['the time', meeting('2026-11-23', '12:00')],
    ['another guest’s answer', { attendees: [{ email: LEO }, { email: 'guest@outside.example', responseStatus: 'declined' }] }],
    ['the list of guests', { attendees: [{ email: LEO }] }],
  ])('F34 refuses a guest who changes %s', async (_name, body) => {
    const { copy } = await invite();
    const answer = await world.leo('PATCH', `${EVENTS}/${copy}`, { body });
    expect([answer.status, answer.reason]).toEqual([403, 'forbiddenForNonOrganizer']);
  });

  it('F34 refuses a PUT that leaves shared fields out', async () => {
    const { copy } = await invite({ location: 'Room 1' });
    const { body } = await world.leo('GET', `${EVENTS}/${copy}`);
    const { location: _location, ...rest } = body;
    expect((await world.leo('PUT', `${EVENTS}/${copy}`, { body: rest })).reason).toBe('forbiddenForNonOrganizer');
    expect((await world.leo('PUT', `${EVENTS}/${copy}`, { body })).status).toBe(200);
  });

  it('goes when the organizer deletes or uninvites, and declines when the guest deletes it', async () => {
    const first = await invite();
    await world.ada('DELETE', `${EVENTS}/${first.original}`);
    expect((await world.leo('GET', `${EVENTS}/${first.copy}`)).body.status).toBe('cancelled');
    const second = await invite();
    await world.ada('PATCH', `${EVENTS}/${second.original}`, { body: { attendees: [{ email: 'guest@outside.example' }] } });
    expect((await world.leo('GET', `${EVENTS}/${second.copy}`)).body.status).toBe('cancelled');
    const third = await invite();
    await world.leo('DELETE', `${EVENTS}/${third.copy}`);
    const { body } = await world.ada('GET', `${EVENTS}/${third.original}`);
    expect([body.status, (body.attendees as { responseStatus: string }[])[0]?.responseStatus]).toEqual(['confirmed', 'declined']);
  });

  it('of a series takes exceptions over, and answers for one instance only', async () => {
    const { original, copy } = await invite({ recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] });
    await world.ada('PATCH', `${EVENTS}/${original}_20261130T090000Z`, { body: meeting('2026-12-01', '10:00') });
    const moved = await world.leo('GET', `${EVENTS}/${copy}_20261130T090000Z`);
    expect(moved.body).toMatchObject({ recurringEventId: copy, start: { dateTime: '2026-12-01T04:00:00-05:00' } });
    world.sandbox.google.respond({ as: LEO }, `${copy}_20261207T090000Z`, 'declined');
    const one = await world.ada('GET', `${EVENTS}/${original}_20261207T090000Z`);
    const master = await world.ada('GET', `${EVENTS}/${original}`);
    const answers = (body: Readonly<Record<string, unknown>>): string | undefined =>
      (body.attendees as { responseStatus: string }[])[0]?.responseStatus;
    expect([answers(one.body), answers(master.body)]).toEqual(['declined', 'needsAction']);
  });

  it('of a single instance exists without its series', async () => {
    const { original } = await invite({ attendees: [], recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] });
    await world.ada('PATCH', `${EVENTS}/${original}_20261130T090000Z`, { body: { attendees: [{ email: LEO }] } });
    const { body } = await world.leo('GET', EVENTS);
    expect(body.items?.map(({ id, status }) => [id.endsWith('_20261130T090000Z'), status])).toEqual([[true, 'confirmed']]);
  });

  it('keeps other guests out of sight when the organizer wants so', async () => {
    const { copy } = await invite({ guestsCanSeeOtherGuests: false });
    expect((await world.leo('GET', `${EVENTS}/${copy}`)).body.attendees).toHaveLength(1);
  });

  it('cuts the list of guests on request', async () => {
    const { original } = await invite({ attendees: [{ email: 'ada@acme.example' }, { email: LEO }, { email: 'x@outside.example' }] });
    const { body } = await world.ada('GET', `${EVENTS}/${original}?maxAttendees=1`);
    expect([body.attendeesOmitted, body.attendees]).toEqual([
      true,
      [{ email: 'ada@acme.example', displayName: 'Ada Lindqvist', responseStatus: 'needsAction', organizer: true, self: true }],
    ]);
  });
});

describe('mails by Google', () => {
  const sent = (): unknown => world.sandbox.google.mails().map(({ kind, from, to }) => [kind, from, to]);

  it('F37 none unless sendUpdates says so', async () => {
    const { original, copy } = await invite();
    await world.ada('PATCH', `${EVENTS}/${original}`, { body: { summary: 'Renamed' } });
    world.sandbox.google.respond({ as: LEO }, copy, 'accepted');
    await world.ada('DELETE', `${EVENTS}/${original}`);
    expect(sent()).toEqual([]);
  });

  it('F37 all, external guests only, and each kind once', async () => {
    const { original } = await invite({}, '?sendUpdates=externalOnly');
    await world.ada('PATCH', `${EVENTS}/${original}?sendUpdates=all`, { body: { summary: 'Renamed' } });
    await world.ada('PATCH', `${EVENTS}/${original}?sendUpdates=all`, { body: { colorId: '3' } });
    await world.ada('DELETE', `${EVENTS}/${original}?sendUpdates=all`);
    expect(sent()).toEqual([
      ['invitation', 'ada@acme.example', ['guest@outside.example']],
      ['update', 'ada@acme.example', [LEO, 'guest@outside.example']],
      ['cancellation', 'ada@acme.example', [LEO, 'guest@outside.example']],
    ]);
  });
});
