import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatEtag } from '@daymark/api-contract';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { connect, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let ada: TestUser;
let leo: TestUser;
let day = '';

/** A Monday two or more weeks ahead, so that notice and horizon do not matter; each test takes a week of its own. */
function mondayAhead(weeks: number): string {
  const now = new Date();
  const monday = new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + ((8 - now.getUTCDay()) % 7 || 7) + weeks * 7),
  );
  return monday.toISOString().slice(0, 10);
}

let week = 1;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test, { name: 'Acme', zone: 'Europe/Berlin' });
  ada = await makeUser(test, tenant, { role: 'member', email: 'ada@acme.example' });
  leo = await makeUser(test, tenant, { role: 'member', email: 'leo@acme.example' });
  for (const user of [ada, leo]) {
    sandbox.google.addPerson({ email: user.email, name: user.email, timeZone: 'Europe/Berlin' });
    await connect(test, tenant, { user, email: user.email });
  }
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

beforeEach(() => {
  week += 1;
  day = mondayAhead(week);
});

function book(body: Record<string, unknown>, headers: Record<string, string> = {}) {
  return test.request('POST', '/v1/meetings', {
    key: tenant.key,
    headers,
    body: { title: 'Demo', duration_minutes: 30, hosts: [ada.id], time_zone: 'Europe/Berlin', ...body },
  });
}

async function meeting(id: string): Promise<Json> {
  return (await test.request('GET', `/v1/meetings/${id}`, { key: tenant.key })).body;
}

async function written(id: string): Promise<Json> {
  return until(async () => {
    const found = await meeting(id);
    return found.placements[0]?.state === 'written' ? found : null;
  }, 20_000);
}

describe('booking', () => {
  it('claims the time, puts one event with a Meet link on the calendar and mails one confirmation', async () => {
    const booked = await book({
      start: `${day}T10:00:00Z`,
      conference: { required: true },
      attendees: [{ email: 'guest@client.example', name: 'Guest' }],
    });
    expect(booked.status).toBe(201);
    expect(booked.body).toMatchObject({ status: 'booked', start: `${day}T10:00:00Z`, end: `${day}T10:30:00Z` });
    const ready = await until(async () => {
      const found = await meeting(booked.body.id);
      return found.conference?.join_url && found.placements[0].state === 'written' ? found : null;
    }, 20_000);
    const events = sandbox.google.events('ada@acme.example').filter((event) => event.summary === 'Demo' && event.status !== 'cancelled');
    expect(events).toHaveLength(1);
    expect(events[0]!.hangoutLink).toBe(ready.conference.join_url);
    const mails = await until(async () => {
      const found = sandbox.mail.list().filter((mail) => mail.to.includes('guest@client.example'));
      return found.length > 0 ? found : null;
    }, 20_000);
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toContain(ready.conference.join_url);
    expect(sandbox.google.mails()).toHaveLength(0);
  });

  it('F41 gives one slot to exactly one of many callers', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => book({ start: `${day}T09:00:00Z` })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(39);
    for (const { body } of refused) {
      expect(body.code).toBe('slot-taken');
      expect(body.alternatives).toHaveLength(3);
      expect(body.detail).toMatch(/\.$/);
    }
  });

  it('answers an event of the calendar with 409, its sentence and three alternatives that can be booked', async () => {
    sandbox.google.createEvent(
      { as: ada.email },
      { summary: 'Dentist', start: { dateTime: `${day}T13:00:00Z` }, end: { dateTime: `${day}T14:00:00Z` } },
    );
    await test.request('POST', '/v1/sync/runs', { key: tenant.key, body: { scope: 'all' } });
    await until(
      async () =>
        (await test.request('GET', `/v1/events?from=${day}T00:00:00Z&to=${day}T23:00:00Z&q=Dentist`, { key: tenant.key })).body.data
          .length > 0,
    );
    const refused = await book({ start: `${day}T13:30:00Z` });
    expect(refused.status).toBe(409);
    expect(refused.body.conflicts[0]).toMatchObject({ code: 'overlap', title: 'Dentist' });
    for (const { start, end } of refused.body.alternatives) {
      const check = await test.request('POST', '/v1/conflicts/check', {
        key: tenant.key,
        body: { start, end, participants: [{ members: [{ user_id: ada.id }] }] },
      });
      expect(check.body).toMatchObject({ free: true, conflicts: [] });
    }
    expect((await book({ start: refused.body.alternatives[0].start })).status).toBe(201);
  });

  it('moves on when asked to, and says why', async () => {
    expect((await book({ start: `${day}T10:00:00Z` })).status).toBe(201);
    const moved = await book({ preferred_start: `${day}T10:00:00Z`, on_conflict: 'auto_move' });
    expect(moved.status).toBe(201);
    expect(moved.body.moved).toMatchObject({ from: `${day}T10:00:00Z`, to: moved.body.start });
    expect(moved.body.moved.explanation).toMatch(/busy/);
  });

  it('takes a person once who is named as a user and as a resource', async () => {
    const { data } = (await test.request('GET', '/v1/resources?limit=100', { key: tenant.key })).body;
    const resource = data.find((one: Json) => one.user_id === ada.id);
    const booked = await book({
      hosts: undefined,
      start: `${day}T10:00:00Z`,
      participants: [{ group: 'both', required: 'all', members: [{ user_id: ada.id }, { resource_id: resource.id }] }],
    });
    expect(booked).toMatchObject({ status: 201 });
    expect(booked.body.hosts.map((one: Json) => one.user_id)).toEqual([ada.id]);
  });

  it('goes on blocking the owner of a calendar that holds the event of a meeting with others', async () => {
    const { data } = (await test.request('GET', `/v1/calendars?user_id=${leo.id}&writable=true`, { key: tenant.key })).body;
    const first = await book({ start: `${day}T10:00:00Z`, calendar_id: data[0].id });
    expect(first.status).toBe(201);
    await written(first.body.id);
    const blocked = await until(async () => {
      const answer = await test.request('POST', '/v1/availability/slots', {
        key: tenant.key,
        body: {
          participants: [{ members: [{ user_id: leo.id }] }],
          window: { start: `${day}T10:00:00Z`, end: `${day}T10:30:00Z` },
          duration_minutes: 30,
        },
      });
      return answer.status === 200 && answer.body.data.length === 0 ? answer : null;
    }, 20_000);
    expect(blocked.body.data).toEqual([]);
  });

  it('books fifty at once without an overlap', async () => {
    const window = { start: `${day}T08:00:00Z`, end: `${day}T23:00:00Z` };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        test.request('POST', '/v1/meetings/quick-book', { key: tenant.key, body: { title: 'Quick', hosts: [leo.id], window } }),
      ),
    );
    const starts = answers.filter(({ status }) => status === 201).map(({ body }) => body.start);
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 201 || status === 409 || status === 404 || status === 422)).toBe(true);
  });

  it('makes one meeting of fifty equal keyed calls', async () => {
    const headers = { 'idempotency-key': `once-${week}` };
    const answers = await Promise.all(Array.from({ length: 50 }, () => book({ start: `${day}T11:00:00Z` }, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await book({ start: `${day}T12:00:00Z` }, headers)).status).toBe(422);
  });

  it('writes nothing on a dry run', async () => {
    const tried = await test.request('POST', '/v1/meetings?dry_run=true', {
      key: tenant.key,
      body: { title: 'Dry', duration_minutes: 30, hosts: [ada.id], start: `${day}T10:00:00Z` },
    });
    expect(tried.body).toMatchObject({ dry_run: true, status: 'booked' });
    expect((await test.request('GET', `/v1/meetings/${tried.body.id}`, { key: tenant.key })).status).toBe(404);
    expect((await book({ start: `${day}T10:00:00Z` })).status).toBe(201);
  });

  it('moves the same event on a reschedule, keeps the link, frees the old time', async () => {
    const booked = await book({ start: `${day}T09:00:00Z`, conference: { required: true } });
    const before = await until(async () => {
      const found = await meeting(booked.body.id);
      return found.conference?.join_url && found.placements[0].state === 'written' ? found : null;
    }, 20_000);
    const moved = await test.request('PATCH', `/v1/meetings/${booked.body.id}`, {
      key: tenant.key,
      headers: { 'if-match': formatEtag(before.version) },
      body: { start: `${day}T11:00:00Z` },
    });
    expect(moved.status).toBe(200);
    expect(moved.body).toMatchObject({ start: `${day}T11:00:00Z`, sequence: 1 });
    await until(async () => {
      const events = sandbox.google
        .events(ada.email)
        .filter((event) => event.hangoutLink === before.conference.join_url && event.status !== 'cancelled');
      return events.length === 1 && new Date(events[0]!.start!.dateTime!).toISOString() === `${day}T11:00:00.000Z`;
    }, 20_000);
    expect((await book({ start: `${day}T09:00:00Z` })).status).toBe(201);
    expect((await test.request('PATCH', `/v1/meetings/${booked.body.id}`, { key: tenant.key, body: { title: 'No version' } })).status).toBe(
      428,
    );
    expect(
      (
        await test.request('PATCH', `/v1/meetings/${booked.body.id}`, {
          key: tenant.key,
          headers: { 'if-match': formatEtag(1) },
          body: { title: 'Stale' },
        })
      ).status,
    ).toBe(412);
  });

  it('F43 cancels the event, the reminders and the claim, and mails the comment', async () => {
    const booked = await book({ start: `${day}T09:00:00Z`, attendees: [{ email: 'late@client.example' }], reminders: [60] });
    await written(booked.body.id);
    const cancelled = await test.request('POST', `/v1/meetings/${booked.body.id}/cancel`, {
      key: tenant.key,
      body: { comment: 'We meet next week.' },
    });
    expect(cancelled.body).toMatchObject({ status: 'cancelled', cancel_comment: 'We meet next week.', claims: [] });
    expect((await book({ start: `${day}T09:00:00Z` })).status).toBe(201);
    await until(async () => (await meeting(booked.body.id)).placements[0].state === 'removed', 20_000);
    const reminders = await test.request('GET', `/v1/meetings/${booked.body.id}/reminders`, { key: tenant.key });
    expect(new Set(reminders.body.data.map((one: Json) => one.state))).toEqual(new Set(['void']));
    await until(
      async () => sandbox.mail.list().some((mail) => mail.to.includes('late@client.example') && mail.text.includes('We meet next week.')),
      20_000,
    );
    expect((await test.request('POST', `/v1/meetings/${booked.body.id}/cancel`, { key: tenant.key, body: {} })).body.code).toBe(
      'meeting-ended',
    );
  });

  it('puts a meeting on the calendar that its host prefers, and says so', async () => {
    sandbox.google.addCalendar(leo.email, { summary: 'Bookings' });
    const [connection] = (await test.request('GET', `/v1/connections?user_id=${leo.id}`, { key: tenant.key })).body.data;
    const { body: found } = await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key, body: {} });
    const preferred = found.added.find((one: Json) => one.name === 'Bookings');
    const changed = await test.request('PATCH', `/v1/users/${leo.id}/preferences`, {
      key: tenant.key,
      body: { default_calendar_id: preferred.id },
    });
    expect(changed.status).toBe(200);
    // Until it was read, what is on it is unknown, and nothing is booked over that.
    const booked = await until(async () => {
      const answer = await book({ start: `${day}T09:00:00Z`, hosts: [leo.id] });
      return answer.status === 201 ? answer : null;
    }, 20_000);
    expect(booked.body).toMatchObject({ calendar_id: preferred.id, placements: [{ calendar_id: preferred.id }] });
    await written(booked.body.id);
    expect(sandbox.google.events(preferred.external_id).some((event) => event.summary === 'Demo')).toBe(true);
  });

  it('is found again by the record that it belongs to', async () => {
    const external = { type: 'deal', id: `D-${week}`, url: 'https://crm.example/deals/1' };
    const booked = await book({ start: `${day}T09:00:00Z`, external_ref: external });
    const found = await test.request('GET', `/v1/meetings?external_ref_type=deal&external_ref_id=D-${week}`, { key: tenant.key });
    expect(found.body.data).toMatchObject([{ id: booked.body.id, external_ref: external }]);
    expect((await test.request('GET', '/v1/meetings?external_ref_type=deal&external_ref_id=other', { key: tenant.key })).body.data).toEqual(
      [],
    );
  });
});
