import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '@daymark/domain';
import { mailAlways } from './support/always-mailing.ts';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { until } from './support/google-world.ts';
import type { Json, Received, Sent } from './support/request.ts';

const ADA = 'ada@acme.example';
const BOB = 'bob@guests.example';

let world: BookingWorld;
let day: string;

beforeAll(async () => {
  world = await startBookingWorld();
  mailAlways(world.test, 'google');
});

afterAll(() => world?.close());

beforeEach(() => {
  day = world.nextDay();
  world.sandbox.google.clearMails();
  world.sandbox.faults.clear();
});

const remoteEvents = (title: string) =>
  world.sandbox.google.events(ADA).filter((event) => event.summary === title && event.status !== 'cancelled');
/** Whom the service of the calendar mailed. */
const mailed = (): readonly string[] => world.sandbox.google.mails().flatMap(({ to }) => to);
const ourMail = (subject: string) =>
  until(async () => world.sandbox.mail.list({ to: BOB }).find((mail) => mail.subject.includes(subject)) ?? null);

describe('a meeting on a calendar whose service mails guests always', () => {
  it('F37 is put there without guests, and our own mails invite them', async () => {
    const meeting = await world.booked({ title: 'Quiet copy', start: `${day}T09:00:00Z`, attendees: [{ email: BOB }] });
    expect(remoteEvents('Quiet copy')).toMatchObject([{ summary: 'Quiet copy' }]);
    expect(remoteEvents('Quiet copy')[0]).not.toHaveProperty('attendees');
    await ourMail('Quiet copy');
    expect(mailed()).toEqual([]);
    expect(meeting.attendees.map(({ email }: Json) => email)).toContain(BOB);
  });

  it('F37 moves and goes without a mail of that service, also with other guests', async () => {
    const { id } = await world.booked({ title: 'Moves quietly', start: `${day}T11:00:00Z`, attendees: [{ email: BOB }] });
    await world.change(id, { start: `${day}T12:00:00Z`, attendees: [{ email: 'cleo@guests.example' }] });
    await until(async () => (remoteEvents('Moves quietly')[0]?.start as { dateTime?: string }).dateTime?.includes('13:00') ?? null);
    expect(remoteEvents('Moves quietly')[0]).not.toHaveProperty('attendees');
    const { version } = await world.meeting(id);
    const cancelled = await world.test.request('POST', `/v1/meetings/${id}/cancel`, {
      key: world.tenant.key,
      headers: { 'if-match': `"${version}"` },
      body: {},
    });
    expect(cancelled.status).toBe(200);
    await until(async () => remoteEvents('Moves quietly').length === 0 || null);
    expect(mailed()).toEqual([]);
  });

  it('F37 lets that service tell those whom a person has invited on it', async () => {
    const { id } = await world.booked({ title: 'Guest by hand', start: `${day}T14:00:00Z` });
    const remoteId = remoteEvents('Guest by hand')[0]!.id;
    world.sandbox.google.patchEvent({ as: ADA }, remoteId, { attendees: [{ email: BOB }] });
    await world.change(id, { start: `${day}T15:00:00Z` });
    await world.once(id, (found) => found.placements[0].state === 'written' && mailed().length > 0);
    expect(remoteEvents('Guest by hand')[0]).toMatchObject({
      attendees: [{ email: BOB }],
      start: { dateTime: expect.stringContaining('16:00') },
    });
    expect(mailed()).toEqual([BOB]);
  });
});

describe('an event on such a calendar', () => {
  let calendarId: string;
  const api = (method: string, path: string, sent: Sent = {}): Promise<Received> =>
    world.test.request(method, path, { key: world.tenant.key, ...sent });

  beforeAll(async () => {
    const { body } = await api('GET', `/v1/calendars?user_id=${world.ada.id}`);
    calendarId = body.data.find((one: Json) => one.primary).id;
  });

  const body = (title: string, more: object = {}): Json => ({
    calendar_id: calendarId,
    title,
    start: `${day}T09:00:00Z`,
    end: `${day}T10:00:00Z`,
    attendees: [{ email: BOB }],
    ...more,
  });
  const ifMatch = (answer: Received) => ({ headers: { 'if-match': answer.headers.get('etag')! } });
  const refused = (answer: Received) => expect(answer.body).toMatchObject({ status: 409, code: 'guests-are-always-mailed', who: 'caller' });
  const made = async (title: string): Promise<Received> => {
    const answer = await api('POST', '/v1/events?notify=all', { body: body(title) });
    expect(answer.status).toBe(201);
    world.sandbox.google.clearMails();
    return answer;
  };

  it('F37 is not made where nobody is to be mailed, and says what to do', async () => {
    for (const query of ['', '?notify=none', '?dry_run=true']) refused(await api('POST', `/v1/events${query}`, { body: body('Not made') }));
    expect([remoteEvents('Not made'), mailed()]).toEqual([[], []]);
    expect((await api('POST', '/v1/events', { body: body('Alone', { attendees: [] }) })).status).toBe(201);
    expect((await api('POST', '/v1/events?notify=all', { body: body('Invited') })).status).toBe(201);
    expect(mailed()).toEqual([BOB]);
  });

  it('F37 is changed without a word only where guests do not hear of it', async () => {
    const event = await made('Changed');
    const path = `/v1/events/${event.body.id}`;
    for (const query of ['', '?dry_run=true'])
      refused(await api('PATCH', `${path}${query}`, { ...ifMatch(event), body: { location: 'Room 4' } }));
    const all = await api('PATCH', `${path}?notify=all`, { ...ifMatch(event), body: { location: 'Room 4' } });
    expect([all.status, mailed()]).toEqual([200, [BOB]]);
  });

  it('F37 is not deleted behind the back of its guests', async () => {
    const event = await made('Deleted');
    const path = `/v1/events/${event.body.id}`;
    for (const query of ['', '?dry_run=true']) refused(await api('DELETE', `${path}${query}`, ifMatch(event)));
    expect(remoteEvents('Deleted')).toHaveLength(1);
    expect((await api('DELETE', `${path}?notify=all`, ifMatch(event))).status).toBe(204);
    expect([remoteEvents('Deleted'), mailed()]).toEqual([[], [BOB]]);
  });

  it('F37 is refused in the same words where only the service knows of its guests', async () => {
    const event = await api('POST', '/v1/events', { body: body('Guests by hand', { attendees: [] }) });
    world.sandbox.google.patchEvent({ as: ADA }, remoteEvents('Guests by hand')[0]!.id, { attendees: [{ email: BOB }] });
    refused(await api('PATCH', `/v1/events/${event.body.id}`, { ...ifMatch(event), body: { location: 'Room 4' } }));
    expect(mailed()).toEqual([]);
  });

  it('F02 is taken back with its guests told when nobody waits for it any more', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'reset' }, when: 'after' });
    const lost = await api('POST', '/v1/events?notify=all', { body: body('Lost') });
    expect(lost.status).toBeGreaterThanOrEqual(500);
    await until(async () => {
      world.test.clock.advance(DAY_MS / 24 / 30);
      return remoteEvents('Lost').length === 0 || null;
    });
    expect(mailed()).toEqual([BOB, BOB]);
  });
});
