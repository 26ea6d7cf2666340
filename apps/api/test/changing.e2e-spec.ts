import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CaughtMail } from '@daymark/sandbox';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { until } from './support/google-world.ts';
import type { Json } from './support/request.ts';

let world: BookingWorld;
let day = '';

beforeAll(async () => {
  world = await startBookingWorld();
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  day = world.nextDay();
  world.sandbox.google.setConference({ delayMs: 0, fails: false });
  world.sandbox.faults.clear();
});

/** The one event on Ada's calendar with this title. */
function eventOf(title: string): Json {
  const found = world.sandbox.google.events(world.ada.email).filter((event) => event.summary === title && event.status !== 'cancelled');
  expect(found).toHaveLength(1);
  return found[0];
}

const mailTo = (address: string): Promise<CaughtMail> =>
  until(async () => world.sandbox.mail.list().find((mail) => mail.to.includes(address)) ?? null);

describe('a video link', () => {
  it('is added to the same event, and the meeting gets it', async () => {
    const { id, conference } = await world.booked({ title: 'Link later', start: `${day}T10:00:00Z` });
    expect(conference).toBeNull();
    const changed = await world.change(id, { conference: { required: true } });
    expect(changed).toMatchObject({ status: 200, body: { conference: { status: 'pending', join_url: null } } });
    const linked = await world.once(id, (found) => found.conference.status === 'ready');
    expect(linked.conference.join_url).toMatch(/^https:\/\/meet/);
    expect(eventOf('Link later').hangoutLink).toBe(linked.conference.join_url);
  });

  it('is taken from the event and the meeting, and from then on from mails and their calendar files', async () => {
    const { id } = await world.booked({ title: 'Link no more', start: `${day}T10:00:00Z`, conference: { required: true } });
    const { conference } = await world.once(id, (found) => found.conference.status === 'ready');
    const changed = await world.change(id, { conference: null });
    expect(changed.body.conference).toBeNull();
    await until(async () => eventOf('Link no more').hangoutLink === undefined);
    await world.change(id, { attendees: [{ email: 'after@client.example' }] });
    const mail = await mailTo('after@client.example');
    expect(mail.raw).toContain('text/calendar');
    expect(JSON.stringify([mail.text, mail.html, mail.raw, mail.attachments])).not.toContain(conference.join_url.slice(-12));
    const later = await world.once(id, (found) => found.placements[0].state === 'written');
    expect(later.conference).toBeNull();
    expect(later.steps.map(({ kind }: Json) => kind)).not.toContain('conference');
  });

  it('taken away and asked for again at once is there in the end', async () => {
    const { id } = await world.booked({ title: 'Back and forth', start: `${day}T10:00:00Z`, conference: { required: false } });
    await world.once(id, (found) => found.conference.status === 'ready');
    await world.change(id, { conference: null });
    await world.change(id, { conference: { required: false } });
    const linked = await world.once(id, (found) => found.conference?.status === 'ready' && found.placements[0].state === 'written');
    await until(async () => eventOf('Back and forth').hangoutLink === linked.conference.join_url);
  });

  it('stays when something else is changed', async () => {
    const { id } = await world.booked({ title: 'Kept', start: `${day}T10:00:00Z`, conference: { required: true } });
    const { conference } = await world.once(id, (found) => found.conference.status === 'ready');
    await world.change(id, { title: 'Kept with another title' });
    await until(async () => world.sandbox.google.events(world.ada.email).some(({ summary }) => summary === 'Kept with another title'));
    expect((await world.meeting(id)).conference).toEqual(conference);
    expect(eventOf('Kept with another title').hangoutLink).toBe(conference.join_url);
  });
});

describe('a time zone', () => {
  it('alone changes the wall times that people read, not the time', async () => {
    const { id, start, sequence } = await world.booked({ title: 'Elsewhere', start: `${day}T14:00:00Z` });
    const changed = await world.change(id, { time_zone: 'America/New_York' });
    expect(changed.body).toMatchObject({ time_zone: 'America/New_York', start, sequence });
    await until(async () => eventOf('Elsewhere').start.timeZone === 'America/New_York');
    expect(new Date(eventOf('Elsewhere').start.dateTime).toISOString()).toBe(`${day}T14:00:00.000Z`);
    await world.change(id, { attendees: [{ email: 'west@client.example' }] });
    const wall = new Date(`${day}T14:00:00Z`).toLocaleTimeString('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' });
    expect((await mailTo('west@client.example')).text).toMatch(new RegExp(`\\b${wall.replace(/^0/, '0?')}\\b`));
  });
});

describe('guests', () => {
  it('keep what is not said about them, and are stored with what is', async () => {
    const sam = { email: 'sam@client.example', name: 'Sam', optional: false, time_zone: 'Europe/Paris' };
    const kim = { email: 'kim@client.example', name: 'Kim', optional: true };
    const { id, attendees: before } = await world.booked({ title: 'Guests', start: `${day}T10:00:00Z`, attendees: [sam, kim] });
    const changed = await world.change(id, {
      attendees: [{ email: 'SAM@client.example', name: 'Samantha', optional: true }, { email: 'kim@client.example' }],
    });
    const after = new Map<string, Json>(changed.body.attendees.map((one: Json) => [one.email, one]));
    expect([...after.values()].map(({ id: own }) => own)).toEqual(before.map(({ id: own }: Json) => own));
    expect(after.get(sam.email)).toMatchObject({ name: 'Samantha', optional: true, time_zone: 'Europe/Paris' });
    expect(after.get(kim.email)).toMatchObject({ name: 'Kim', optional: true });
    await until(async () => eventOf('Guests').attendees.every((one: Json) => one.optional === true));
  });

  it('may be named twice, or be a host, without being invited twice', async () => {
    const { id } = await world.booked({ title: 'Once each', start: `${day}T10:00:00Z` });
    const twice = [{ email: 'twice@client.example', name: 'First' }, { email: 'Twice@client.example' }, { email: world.ada.email }];
    const changed = await world.change(id, { attendees: twice });
    expect(changed).toMatchObject({ status: 200, body: { attendees: [{ email: 'twice@client.example', name: 'First' }] } });
    expect(changed.body.hosts).toMatchObject([{ user_id: world.ada.id }]);
  });
});

describe('a change that leaves the time alone', () => {
  it('asks nobody about their time, however fresh that would have to be', async () => {
    const { id } = await world.booked({ title: 'Retitled', start: `${day}T10:00:00Z` });
    const strict = { policy: 'fail_closed', max_age_seconds: 0 };
    const changed = await world.change(id, { title: 'Another title', location: 'Room 4', freshness: strict });
    expect(changed).toMatchObject({
      status: 200,
      body: { title: 'Another title', location: 'Room 4', calendar_statuses: [], freshness_policy: strict },
    });
    const moved = await world.change(id, { start: `${day}T11:00:00Z`, freshness: strict });
    expect(moved).toMatchObject({ status: 503, body: { code: 'freshness-unmet' } });
  });
});

describe('a meeting and the freshest knowledge of its own calendar', () => {
  const live = { policy: 'live_first', max_age_seconds: 0 };

  it('moves by a quarter of an hour, though its own event is there', async () => {
    const { id } = await world.booked({ title: 'Own event', start: `${day}T10:00:00Z` });
    const moved = await world.change(id, { start: `${day}T10:15:00Z`, freshness: live });
    expect(moved).toMatchObject({ status: 200, body: { start: `${day}T10:15:00Z`, calendar_statuses: [{ applied: 'live' }] } });
  });

  it('does not move over an event that was added since the last read', async () => {
    const { id } = await world.booked({ title: 'Neighbour', start: `${day}T10:00:00Z` });
    world.sandbox.google.createEvent(
      { as: world.ada.email },
      { summary: 'New', start: { dateTime: `${day}T10:30:00Z` }, end: { dateTime: `${day}T11:00:00Z` } },
    );
    const refused = await world.change(id, { start: `${day}T10:15:00Z`, freshness: live });
    expect(refused).toMatchObject({ status: 409, body: { code: 'slot-taken', conflicts: [{ code: 'overlap' }] } });
  });
});
