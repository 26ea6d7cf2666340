import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatEtag } from '@daymark/api-contract';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { passTime, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, signIn, type TestUser } from './support/tenants.ts';

let world: BookingWorld;
let gus: TestUser;
let session: Awaited<ReturnType<typeof signIn>>;
let day = '';

beforeAll(async () => {
  world = await startBookingWorld();
  gus = await makeUser(world.test, world.tenant, { role: 'member', email: 'gus@acme.example' });
  session = await signIn(world.test, gus);
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  day = world.nextDay();
});

const userOf = (meeting: Json, email: string): string | null => meeting.attendees.find((one: Json) => one.email === email).user_id;

async function ownTitles(): Promise<string[]> {
  const { body } = await world.test.request('GET', `/v1/meetings?from=${day}T00:00:00Z&to=${day}T23:59:00Z`, { session });
  return body.data.map(({ title }: Json) => title);
}

describe('a guest who is a user of the tenant', () => {
  it('is greeted by name, in their own zone and language, and led to the meeting; reminders bring what to prepare with', async () => {
    const { sandbox, test, tenant } = world;
    const changed = await test.request('PATCH', `/v1/users/${gus.id}`, {
      key: tenant.key,
      body: { name: 'Gus Grün', time_zone: 'Asia/Tokyo', locale: 'de-DE' },
    });
    expect(changed.status).toBe(200);
    const start = `${day}T10:00:00Z`;
    const meeting = await world.booked({
      title: 'Read first',
      start,
      attendees: [{ email: gus.email }, { email: 'out@client.example' }],
      preparation: [{ kind: 'note', title: 'Offer', text: 'They want to pay less.' }],
      reminders: [Math.floor((Date.parse(start) - test.clock.now()) / 60_000) - 1],
    });
    const mailTo = (email: string, subject: string) =>
      until(async () => sandbox.mail.list({ to: email }).find((mail) => mail.subject.startsWith(subject)) ?? null);
    const confirmation = await mailTo(gus.email, 'Bestätigt: Read first');
    for (const part of ['Guten Tag Gus Grün,', '(Asia/Tokyo)', `/meetings/${meeting.id}`]) expect(confirmation.text).toContain(part);
    expect((await mailTo('out@client.example', 'Confirmed: Read first')).text).not.toContain('/meetings/');
    passTime(test, 120_000);
    expect((await mailTo(gus.email, 'Erinnerung: Read first')).text).toContain('They want to pay less.');
    expect((await mailTo('out@client.example', 'Reminder: Read first')).text).not.toContain('They want to pay less.');
  });

  it('is told by a dry run as by the booking', async () => {
    const body = {
      title: 'Tried',
      duration_minutes: 30,
      hosts: [world.ada.id],
      start: `${day}T10:00:00Z`,
      attendees: [{ email: 'GUS@acme.example' }, { email: 'sam@client.example', name: 'Sam' }],
    };
    const tell = async (path: string): Promise<Json> => {
      const answer = await world.test.request('POST', path, { key: world.tenant.key, body });
      const claims = answer.body.claims.map(({ label }: Json) => label);
      const mails = answer.body.steps.filter(({ kind }: Json) => kind === 'mail').map(({ label }: Json) => label);
      const attendees = answer.body.attendees.map(({ user_id, email, name }: Json) => ({ user_id, email, name }));
      return { claims, mails, attendees, hosts: answer.body.hosts };
    };
    const tried = await tell('/v1/meetings?dry_run=true');
    expect(tried.attendees).toEqual([
      { user_id: gus.id, email: 'GUS@acme.example', name: 'Gus Grün' },
      { user_id: null, email: 'sam@client.example', name: 'Sam' },
    ]);
    expect(await tell('/v1/meetings')).toEqual(tried);
  });

  it('is known by any spelling of the address, and sees the meeting among their own', async () => {
    const { body } = await world.book({ title: 'Invited', start: `${day}T10:00:00Z`, attendees: [{ email: 'Gus@ACME.example' }] });
    expect(body.attendees).toMatchObject([{ email: 'Gus@ACME.example', user_id: gus.id }]);
    await world.book({ title: 'Not invited', start: `${day}T12:00:00Z` });
    expect(await ownTitles()).toEqual(['Invited']);
    expect((await world.test.request('GET', `/v1/meetings/${body.id}`, { session })).status).toBe(200);
  });

  it('is known as well when invited later, and no longer when taken off', async () => {
    const { body } = await world.book({ title: 'Invited later', start: `${day}T10:00:00Z` });
    expect(await ownTitles()).toEqual([]);
    const changed = await world.change(body.id, { attendees: [{ email: 'gus@acme.example' }, { email: 'sam@client.example' }] });
    expect(userOf(changed.body, gus.email)).toBe(gus.id);
    expect(userOf(changed.body, 'sam@client.example')).toBeNull();
    expect(await ownTitles()).toEqual(['Invited later']);
    await world.change(body.id, { attendees: [{ email: 'sam@client.example' }] });
    expect(await ownTitles()).toEqual([]);
  });

  it('keeps their own time: only hosts are claimed', async () => {
    const { body } = await world.book({ title: 'Unclaimed', start: `${day}T10:00:00Z`, attendees: [{ email: gus.email }] });
    expect(body.claims).toHaveLength(1);
    const other = await world.book({
      title: 'At the same time',
      start: `${day}T10:00:00Z`,
      hosts: [world.leo.id],
      attendees: [{ email: gus.email }],
    });
    expect(other.status).toBe(201);
  });

  it('can see the meeting, but not change or cancel it', async () => {
    const { body } = await world.book({ title: 'Not theirs', start: `${day}T10:00:00Z`, attendees: [{ email: gus.email }] });
    const changed = await world.change(body.id, { title: 'Mine now' }, session);
    expect(changed).toMatchObject({ status: 403, body: { code: 'forbidden-role', detail: expect.stringContaining('guest') } });
    const path = `/v1/meetings/${body.id}/cancel`;
    expect((await world.test.request('POST', path, { session, body: {} })).status).toBe(403);
    const host = await signIn(world.test, world.ada);
    expect((await world.change(body.id, { title: 'Still ours' }, host)).status).toBe(200);
    const headers = { 'if-match': formatEtag((await world.meeting(body.id)).version) };
    expect((await world.test.request('POST', path, { session: host, headers, body: {} })).status).toBe(200);
  });

  it('is mailed as one of the house', async () => {
    const { body } = await world.book({
      title: 'External only',
      start: `${day}T10:00:00Z`,
      attendees: [{ email: gus.email }, { email: 'out@client.example' }],
      notify: 'external',
    });
    expect(body.steps.filter(({ kind }: Json) => kind === 'mail').map(({ recipient }: Json) => recipient)).toEqual(['out@client.example']);
  });
});

it('a guest who was removed, or is a user of another tenant, is nobody of this one', async () => {
  const gone = await makeUser(world.test, world.tenant, { email: 'gone@acme.example' });
  expect((await world.test.request('DELETE', `/v1/users/${gone.id}`, { key: world.tenant.key })).status).toBeLessThan(300);
  const elsewhere = await makeUser(world.test, await makeTenant(world.test, { name: 'Other' }), { email: 'mia@other.example' });
  const { body } = await world.book({
    title: 'Strangers',
    start: `${day}T10:00:00Z`,
    attendees: [{ email: gone.email }, { email: elsewhere.email }],
  });
  expect(body.attendees.map((one: Json) => one.user_id)).toEqual([null, null]);
});

describe('guests', () => {
  it('are told in the order in which they were invited', async () => {
    const emails = Array.from({ length: 12 }, (_, index) => `guest-${(index * 7) % 12}@client.example`);
    const { body } = await world.book({ title: 'Many', start: `${day}T15:00:00Z`, attendees: emails.map((email) => ({ email })) });
    expect(body.attendees.map((one: Json) => one.email)).toEqual(emails);
  });
});
