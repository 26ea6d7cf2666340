import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseId } from '@daymark/domain';
import { WritePlacementJob } from '../src/placements/write-placement.job.ts';
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

/** The clock runs ahead of the sync here, and what is on the calendar does not matter. */
const freshness = { max_age_seconds: 86_400 };
const stepOf = (meeting: Json): Json => meeting.steps.find(({ kind }: Json) => kind === 'conference');
const isFailed = (meeting: Json): boolean => meeting.conference.status === 'failed';

/** Looks for the conference again and again, as time would, until the meeting has given it up. */
async function waitInVain(id: string): Promise<Json> {
  for (let looks = 0; looks < 100; looks += 1) {
    const found = await world.meeting(id);
    if (isFailed(found)) return found;
    world.test.clock.advance(61_000);
    const placementId = parseId('placement', found.placements[0].id)!;
    await world.test.get(WritePlacementJob).handle({ tenantId: world.tenant.tenantId, placementId });
  }
  throw new Error('the wait for the conference never ended');
}

/** Of a meeting whose conference the service has not made yet. */
async function bookedPending(title: string, required = false): Promise<Json> {
  world.sandbox.google.setConference({ delayMs: 10 * 3_600_000 });
  const found = await world.booked({ title, start: `${day}T10:00:00Z`, freshness, conference: { required } });
  expect(found.conference.status).toBe('pending');
  return found;
}

describe('a video meeting that the service does not make', () => {
  it('is told as failed when the service says so, and asked for again on request', async () => {
    world.sandbox.google.setConference({ fails: true });
    const { id } = await world.booked({ title: 'Refused', start: `${day}T10:00:00Z`, freshness, conference: { required: false } });
    const failed = await world.once(id, isFailed);
    expect(failed.conference).toMatchObject({ status: 'failed', join_url: null });
    expect(stepOf(failed)).toMatchObject({
      state: 'failed',
      problem: { code: 'conference-failed', message: expect.stringContaining('stands without one') },
    });
    world.sandbox.google.setConference({ fails: false });
    expect((await world.change(id, { conference: { required: false } })).body.conference.status).toBe('pending');
    expect((await world.once(id, (found) => found.conference.status === 'ready')).conference.join_url).toMatch(/^https:/);
    expect(stepOf(await world.meeting(id))).toMatchObject({ state: 'done', problem: null });
  });

  it('is told as failed when the service says so only later, with what that means where one was required', async () => {
    const { id } = await bookedPending('Refused later', true);
    world.sandbox.google.setConference({ fails: true });
    world.sandbox.clock.advance(11 * 3_600_000);
    world.test.clock.advance(61_000);
    const failed = await world.once(id, isFailed);
    expect(stepOf(failed).problem.message).toContain('booked only with one');
  });

  it('is told as failed when the service has not made it in about an hour', async () => {
    const failed = await waitInVain((await bookedPending('Too late')).id);
    expect(stepOf(failed).problem.message).toContain('about an hour');
  });

  it('is told as failed when the service does not answer for that long', async () => {
    const { id } = await bookedPending('No answer');
    world.sandbox.faults.add({ operation: 'events.get', answer: { kind: 'status', status: 503 }, times: 10_000 });
    const failed = await waitInVain(id);
    expect(stepOf(failed).problem.message).toContain('could not be looked for');
    expect(failed.placements[0]).toMatchObject({ state: 'written', problem: null });
  });

  it('is told as failed at once when the service refuses to say', async () => {
    const { id } = await bookedPending('No right');
    world.sandbox.faults.add({ operation: 'events.get', answer: { kind: 'status', status: 403, reason: 'forbidden' }, times: 100 });
    world.test.clock.advance(61_000);
    await world.once(id, isFailed);
  });

  it('is told as failed when a person deletes the event first', async () => {
    const { id } = await bookedPending('Deleted');
    const event = world.sandbox.google.events(world.ada.email).find(({ summary }) => summary === 'Deleted')!;
    world.sandbox.google.deleteEvent({ as: world.ada.email }, event.id);
    world.test.clock.advance(61_000);
    expect(stepOf(await world.once(id, isFailed)).problem.message).toContain('deleted');
  });

  it('holds no confirmation back any longer', async () => {
    world.sandbox.google.setConference({ fails: true });
    const attendees = [{ email: 'no-link@client.example' }];
    await world.booked({ title: 'Confirmed without', start: `${day}T10:00:00Z`, freshness, conference: { required: false }, attendees });
    await until(async () => world.sandbox.mail.list().some((mail) => mail.to.includes('no-link@client.example')));
  });
});

describe('a video meeting that is asked for after the booking', () => {
  const mailsTo = (email: string) => world.sandbox.mail.list().filter((mail) => mail.to.includes(email));

  it('is told to those who were told of the meeting without it, each time it comes', async () => {
    const { id } = await world.booked({
      title: 'Link later',
      start: `${day}T10:00:00Z`,
      freshness,
      attendees: [{ email: 'late@client.example' }],
    });
    await until(async () => mailsTo('late@client.example').length === 1);
    expect(mailsTo('late@client.example')[0]!.text).not.toContain('meet.google.com');
    for (const count of [2, 3]) {
      await world.change(id, { conference: { required: false } });
      const { conference } = await world.once(id, (found) => found.conference?.status === 'ready');
      await until(async () => mailsTo('late@client.example').length === count);
      expect(mailsTo('late@client.example').at(-1)!.text).toContain(conference.join_url);
      await world.change(id, { conference: null });
      await world.once(id, (found) => found.conference === null && found.placements[0].state === 'written');
    }
  });

  it('is told to nobody where nobody is to be told', async () => {
    const { id } = await world.booked({
      title: 'Quiet',
      start: `${day}T14:00:00Z`,
      freshness,
      attendees: [{ email: 'quiet@client.example' }],
    });
    await until(async () => mailsTo('quiet@client.example').length === 1);
    await world.change(id, { conference: { required: false }, notify: 'none' });
    await world.once(id, (found) => found.conference?.status === 'ready');
    const { body } = await world.test.request('GET', `/v1/meetings/${id}/deliveries`, { key: world.tenant.key });
    expect(body.data.filter(({ kind }: Json) => kind === 'link-followup')).toEqual([]);
  });
});

it('a video meeting of a meeting that was cancelled is waited for no more', async () => {
  const { id } = await bookedPending('Cancelled');
  const { body } = await world.test.request('POST', `/v1/meetings/${id}/cancel`, { key: world.tenant.key, body: {} });
  expect(stepOf(body)).toMatchObject({ state: 'void', problem: null });
});
