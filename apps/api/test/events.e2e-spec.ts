import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addMinutes, DAY_MS, formatInstant, HOUR_MS, parseDate, parseZone, startOfDate } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { connect, until } from './support/google-world.ts';
import type { Json, Received, Sent } from './support/request.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const ADA = 'ada@acme.example';
const BEA = 'bea@acme.example';
const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let session: { readonly cookie: string; readonly csrf: string };
let primary: Json;
let connectionId: string;

/** Days from today, at an hour, UTC. */
const at = (day: number, hour: number): string => new Date(midnight + day * DAY_MS + hour * HOUR_MS).toISOString();
const date = (day: number): string => at(day, 0).slice(0, 10);
const remote = (day: number, hour: number) => ({
  start: { dateTime: at(day, hour), timeZone: 'UTC' },
  end: { dateTime: at(day, hour + 1), timeZone: 'UTC' },
});
const api = (method: string, path: string, sent: Sent = {}): Promise<Received> => test.request(method, path, { key: tenant.key, ...sent });

async function list(from: number, to: number, more = ''): Promise<Json[]> {
  return (await api('GET', `/v1/events?from=${at(from, 0)}&to=${at(to, 0)}${more}`)).body.data;
}

async function sync(): Promise<void> {
  await api('POST', `/v1/connections/${connectionId}/sync`, { body: {} });
}

async function calendarOf(email: string, name?: string): Promise<Json> {
  const { body } = await api('GET', '/v1/calendars?limit=200');
  return body.data.find((one: Json) => one.account_email === email && (name === undefined ? one.primary : one.name === name));
}

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: ADA, name: 'Ada', timeZone: 'Europe/Berlin' });
  sandbox.google.addCalendar(ADA, { summary: 'Second' });
  sandbox.google.createEvent({ as: ADA }, { summary: 'Standup', ...remote(40, 9), recurrence: ['RRULE:FREQ=DAILY;COUNT=5'] });
  sandbox.google.createEvent({ as: ADA }, { summary: 'Holiday', start: { date: date(41) }, end: { date: date(42) } });
  sandbox.google.createEvent({ as: ADA }, { summary: 'Lunch', ...remote(41, 11), location: 'Canteen' });
  sandbox.google.createEvent(
    { as: ADA, calendarId: sandbox.google.calendars().find(({ summary }) => summary === 'Second')!.id },
    { summary: 'Elsewhere', ...remote(41, 10) },
  );
  connectionId = (await connect(test, tenant, { email: ADA })).id;
  primary = await calendarOf(ADA);
  session = await signIn(test, tenant.owner);
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

beforeEach(() => {
  sandbox.faults.clear();
  sandbox.journal.clear();
  sandbox.google.clearMails();
});

describe('events of all calendars', () => {
  it('EVT-01 are listed in order of start, series as their times, all-day events where their day begins', async () => {
    const found = await list(41, 42);
    expect(found.map((one) => one.title)).toEqual(['Holiday', 'Standup', 'Elsewhere', 'Lunch']);
    expect(found[0]).toMatchObject({ all_day: true, start: null, start_date: date(41), end_date: date(42), provider: 'google' });
    expect(found[1]).toMatchObject({
      start: at(41, 9).replace('.000', ''),
      recurrence: { kind: 'occurrence', original_start: at(41, 9).replace('.000', '') },
    });
    expect(found[1].recurrence.series_id).toBe(found[1].id);
    expect(found[1].occurrence_id).toMatch(/^occ_/);
    expect(new Set(found.map((one) => one.calendar_id)).size).toBe(2);
  });

  it('an all-day event belongs to the window only where its day does in the zone of its calendar', async () => {
    const titles = async (from: string, to: string): Promise<string[]> =>
      (await api('GET', `/v1/events?from=${from}&to=${to}&q=Holiday`)).body.data.map((one: Json) => one.title);
    const begins = startOfDate(parseDate(date(41)), parseZone('Europe/Berlin'));
    expect(begins).toBeLessThan(midnight + 41 * DAY_MS);
    expect(await titles(at(40, 0), formatInstant(begins))).toEqual([]);
    expect(await titles(formatInstant(begins), formatInstant(addMinutes(begins, 1)))).toEqual(['Holiday']);
    expect(await titles(formatInstant(addMinutes(begins, 24 * 60)), at(43, 0))).toEqual([]);
    expect(await titles(at(41, 12), at(41, 13))).toEqual(['Holiday']);
  });

  it('are given in pages that stay whole when events are added meanwhile', async () => {
    const first = await api('GET', `/v1/events?from=${at(40, 0)}&to=${at(45, 0)}&limit=3`);
    expect(first.body).toMatchObject({ has_more: true, next_cursor: expect.any(String) });
    const added = await api('POST', '/v1/events', {
      body: { calendar_id: primary.id, title: 'Before the page', start: at(40, 3), end: at(40, 4) },
    });
    const rest = await api('GET', `/v1/events?from=${at(40, 0)}&to=${at(45, 0)}&limit=100&cursor=${first.body.next_cursor}`);
    const ids = [...first.body.data, ...rest.body.data].map((one: Json) => one.occurrence_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(8);
    await api('DELETE', `/v1/events/${added.body.id}`, { headers: { 'if-match': added.headers.get('etag')! } });
    expect((await api('GET', `/v1/events?from=${at(40, 0)}&to=${at(45, 0)}&cursor=nonsense`)).body.code).toBe('cursor-invalid');
  });

  it('are filtered by calendar, connection and title', async () => {
    expect((await list(40, 45, `&calendar_id=${primary.id}&q=lun`)).map((one) => one.title)).toEqual(['Lunch']);
    expect(await list(40, 45, '&q=100%25')).toEqual([]);
    expect(await list(40, 45, '&connection_id=conn_0190c2f4a7b87c3d9e10000000000009')).toEqual([]);
  });

  it('EVT-02 upcoming ones are at most as many as asked for, none in the past', async () => {
    sandbox.google.createEvent(
      { as: ADA },
      {
        summary: 'Going on',
        start: { dateTime: new Date(Date.now() - HOUR_MS).toISOString() },
        end: { dateTime: new Date(Date.now() + HOUR_MS).toISOString() },
      },
    );
    for (let hour = 1; hour <= 3; hour += 1) {
      sandbox.google.createEvent(
        { as: ADA },
        {
          summary: `Soon ${hour}`,
          start: { dateTime: new Date(Date.now() + hour * HOUR_MS).toISOString() },
          end: { dateTime: new Date(Date.now() + (hour + 1) * HOUR_MS).toISOString() },
        },
      );
    }
    await sync();
    const soon = await until(async () => {
      const { body } = await api('GET', '/v1/events/upcoming?days=2&limit=2');
      return body.data.length === 2 && body.data;
    });
    expect(soon.map((one: Json) => one.title)).toEqual(['Soon 1', 'Soon 2']);
  });

  it('F03 what stands on two calendars of a person is one entry, and each copy keeps its id', async () => {
    sandbox.google.addPerson({ email: 'alias@acme.example', timeZone: 'Europe/Berlin' });
    const made = sandbox.google.createEvent(
      { as: ADA },
      { summary: 'Twice', ...remote(50, 9), attendees: [{ email: 'alias@acme.example' }] },
    );
    await connect(test, tenant, { email: 'alias@acme.example' });
    await sync();
    const found = await until(async () => {
      const all = await list(50, 51);
      return all.length > 0 && all[0].metadata.also_on_calendars !== undefined && all;
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      title: 'Twice',
      metadata: { ical_uid: made.iCalUID, also_on_calendars: [expect.stringMatching(/^cal_/)] },
    });
    const copy = await list(50, 51, `&calendar_id=${found[0].metadata.also_on_calendars[0]}`);
    expect(copy).toHaveLength(1);
    expect(copy[0].id).not.toBe(found[0].id);
  });

  it('SYN-04 deleted ones are gone, and still shown as such to who asks for them', async () => {
    const made = sandbox.google.createEvent({ as: ADA }, { summary: 'Short-lived', ...remote(52, 9) });
    await sync();
    await until(async () => (await list(52, 53)).length === 1);
    sandbox.google.deleteEvent({ as: ADA }, made.id!);
    await sync();
    await until(async () => (await list(52, 53)).length === 0);
    expect(await list(52, 53, '&include_deleted=true')).toMatchObject([{ title: 'Short-lived', deleted: true, occurrence_id: null }]);
  });

  it('the times of a series are listed by themselves', async () => {
    const [first] = await list(40, 41, '&q=standup');
    const { body } = await api('GET', `/v1/events/${first.id}/instances?limit=2&from=${at(41, 0)}`);
    expect(body.data.map((one: Json) => one.start)).toEqual([at(41, 9), at(42, 9)].map((text) => text.replace('.000', '')));
    const rest = await api('GET', `/v1/events/${first.id}/instances?from=${at(41, 0)}&cursor=${body.next_cursor}`);
    expect(rest.body.data).toHaveLength(2);
  });

  it('of an inactive calendar or a disconnected account are not shown', async () => {
    const second = await calendarOf(ADA, 'Second');
    await api('PATCH', `/v1/calendars/${second.id}`, { body: { active: false } });
    expect((await list(41, 42)).map((one) => one.title)).not.toContain('Elsewhere');
    await api('PATCH', `/v1/calendars/${second.id}`, { body: { active: true } });
    sandbox.google.addPerson({ email: 'gone@acme.example' });
    sandbox.google.createEvent({ as: 'gone@acme.example' }, { summary: 'Of a gone account', ...remote(53, 9) });
    const gone = await connect(test, tenant, { email: 'gone@acme.example' });
    expect(await list(53, 54)).toHaveLength(1);
    await api('DELETE', `/v1/connections/${gone.id}`);
    expect(await list(53, 54)).toEqual([]);
  });
});

describe('one event', () => {
  it('EVT-03 has its ETag, and nobody else can see it', async () => {
    const [lunch] = await list(41, 42, '&q=lunch');
    const read = await api('GET', `/v1/events/${lunch.id}`);
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe(`"${lunch.version}"`);
    expect(read.body).toMatchObject({
      location: 'Canteen',
      status: 'confirmed',
      metadata: { external_id: expect.any(String) },
      occurrence_id: null,
    });
    const other = await makeTenant(test, { name: 'Other' });
    expect((await test.request('GET', `/v1/events/${lunch.id}`, { key: other.key })).status).toBe(404);
    const member = await signIn(test, await makeUser(test, tenant));
    expect((await test.request('GET', `/v1/events/${lunch.id}`, { session: member })).status).toBe(404);
    expect((await test.request('GET', `/v1/events?from=${at(40, 0)}&to=${at(45, 0)}`, { session: member })).body.data).toEqual([]);
    expect((await api('GET', '/v1/events/evt_0190c2f4a7b87c3d9e10000000000009')).status).toBe(404);
  });

  it('can be read by a key that may read, and not changed by it', async () => {
    const key = await makeKey(test, tenant.tenantId, { role: 'viewer', only: ['events:read'] });
    expect((await test.request('GET', `/v1/events?from=${at(40, 0)}&to=${at(45, 0)}`, { key })).status).toBe(200);
    expect((await test.request('POST', '/v1/events', { key, body: {} })).body.code).toBe('forbidden-scope');
  });
});

describe('a member', () => {
  it('works on own calendars only', async () => {
    const bea = await makeUser(test, tenant, { email: BEA });
    const browser = await signIn(test, bea);
    sandbox.google.addPerson({ email: BEA, timeZone: 'America/New_York' });
    expect(
      (await test.request('POST', '/v1/events', { session: browser, body: { title: 'Where?', start: at(60, 9), end: at(60, 10) } })).body
        .code,
    ).toBe('no-default-calendar');
    await connect(test, tenant, { user: bea, email: BEA });
    const made = await test.request('POST', '/v1/events', {
      session: browser,
      body: { title: 'By default', start: at(60, 9), end: at(60, 10) },
    });
    expect(made.body).toMatchObject({ title: 'By default', calendar_id: (await calendarOf(BEA)).id, time_zone: 'America/New_York' });
    const foreign = await test.request('POST', '/v1/events', {
      session: browser,
      body: { calendar_id: primary.id, title: 'No', start: at(60, 9), end: at(60, 10) },
    });
    expect(foreign.status).toBe(404);
    expect((await test.request('GET', `/v1/events?from=${at(60, 0)}&to=${at(61, 0)}`, { session })).body.data).toHaveLength(1);
  });
});
