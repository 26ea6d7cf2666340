import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { agendaOf, connect, idle, primaryOf, query, syncNow } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const HOUR_MS = 3_600_000;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let people = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, outlook: {} });
  tenant = await makeTenant(test);
}, 60_000);

afterEach(async () => {
  await query(test, tenant, `UPDATE connections SET sync_enabled = false`);
  await idle(test);
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

/** Somebody new with what `seed` puts on their calendar, who has connected it. */
async function connected(seed: (email: string) => void): Promise<{ email: string; connection: Json; calendar: Json }> {
  people += 1;
  const email = `person${people}@acme.example`;
  sandbox.microsoft.addPerson({ email, timeZone: 'W. Europe Standard Time' });
  seed(email);
  const connection = await connect(test, tenant, { email, provider: 'outlook' });
  return { email, connection, calendar: await primaryOf(test, tenant, connection.id) };
}

const create = (email: string, body: object): string => sandbox.microsoft.createEvent({ as: email }, body).id;
const patch = (email: string, id: string, body: object): unknown => sandbox.microsoft.patchEvent({ as: email }, id, body);
const occurrences = (email: string, id: string): Json[] => sandbox.microsoft.instances(sandbox.microsoft.defaultCalendar(email), id);

/** From that many hours after the next full day's noon on; in UTC, as Graph takes it. */
function at(hours: number, length = 1): { start: object; end: object } {
  const noon = Math.ceil(test.clock.now() / (24 * HOUR_MS)) * 24 * HOUR_MS + 12 * HOUR_MS;
  const moment = (offset: number) => ({ dateTime: new Date(noon + offset * HOUR_MS).toISOString().slice(0, 19), timeZone: 'UTC' });
  return { start: moment(hours), end: moment(hours + length) };
}

/** Whole days from so many days ahead on. */
function days(ahead: number, length: number): { start: object; end: object } {
  const moment = (offset: number) => ({
    dateTime: `${new Date(test.clock.now() + offset * 24 * HOUR_MS).toISOString().slice(0, 10)}T00:00:00`,
    timeZone: 'UTC',
  });
  return { start: moment(ahead), end: moment(ahead + length) };
}

function daily(numberOfOccurrences: number): object {
  const { start } = at(0) as { start: { dateTime: string } };
  const range = { type: 'numbered', startDate: start.dateTime.slice(0, 10), numberOfOccurrences, recurrenceTimeZone: 'UTC' };
  return { pattern: { type: 'daily', interval: 1 }, range };
}

/** What Outlook itself shows while the calendar is covered. */
async function outlookAgenda({ email, calendar }: { email: string; calendar: Json }): Promise<string[]> {
  const { accessToken } = sandbox.microsoft.connect(email);
  const query = new URLSearchParams({ startDateTime: calendar.covered_from, endDateTime: calendar.covered_until, $top: '1000' });
  const answer = await fetch(`${sandbox.microsoftUrl}/v1.0/me/calendarView?${query}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const { value } = (await answer.json()) as { value: Json[] };
  const moment = (one: Json, side: 'start' | 'end') =>
    one.isAllDay ? one[side].dateTime.slice(0, 10) : `${one[side].dateTime.slice(0, 23)}Z`;
  return value.map((one) => `${one.subject} ${moment(one, 'start')} ${moment(one, 'end')}`).sort();
}

async function expectSame(world: { email: string; connection: Json; calendar: Json }): Promise<string[]> {
  await syncNow(test, tenant, world.connection.id);
  const mirror = (await agendaOf(test, tenant, world.calendar)).sort();
  expect(mirror).toEqual(await outlookAgenda(world));
  return mirror;
}

describe('the copy of an Outlook calendar', () => {
  it('SYN-01 shows what Outlook shows, and a full reading finds nothing else', async () => {
    const world = await connected((email) => {
      create(email, { subject: 'single', ...at(2) });
      create(email, {
        subject: 'days',
        isAllDay: true,
        ...days(20, 2),
      });
      const series = create(email, { subject: 'daily', ...at(0), recurrence: daily(40) });
      const [, second, third] = occurrences(email, series);
      patch(email, second!.id, { subject: 'moved', ...at(24 + 3) });
      sandbox.microsoft.deleteEvent({ as: email }, third!.id);
    });
    expect(await expectSame(world)).toHaveLength(41);
    const [full] = await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    expect(full?.counts).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    expect(await expectSame(world)).toHaveLength(41);
  });

  it('SYN-02 SYN-05 follows what happens to a series, one after the other', async () => {
    let series = '';
    const world = await connected((email) => {
      series = create(email, { subject: 'daily', ...at(0), recurrence: daily(30) });
    });
    const { email } = world;
    for (const act of [
      () => patch(email, occurrences(email, series)[4]!.id, { subject: 'changed' }),
      () => sandbox.microsoft.deleteEvent({ as: email }, occurrences(email, series)[6]!.id),
      () => sandbox.microsoft.deleteEvent({ as: email }, occurrences(email, series)[4]!.id),
      () => patch(email, series, { subject: 'renamed' }),
      () => patch(email, series, { ...at(1), recurrence: daily(30) }),
      () => patch(email, series, { ...at(0), recurrence: daily(30) }),
      () => patch(email, series, { recurrence: daily(3) }),
      () => sandbox.microsoft.deleteEvent({ as: email }, series),
    ]) {
      act();
      await expectSame(world);
    }
    expect(await expectSame(world)).toEqual([]);
  });

  it('F28 asks for nothing by its id that the copy does not have', async () => {
    let series = '';
    const world = await connected((email) => {
      series = create(email, { subject: 'daily', ...at(0), recurrence: daily(300) });
      create(email, { subject: 'single', ...at(2) });
    });
    // Outlook tells three hundred occurrences as gone that nobody was told of.
    patch(world.email, series, { ...at(1), recurrence: daily(300) });
    const before = sandbox.journal.list({ operation: 'graph.events.get', account: world.email }).length;
    await expectSame(world);
    expect(sandbox.journal.list({ operation: 'graph.events.get', account: world.email }).length - before).toBeLessThan(3);
  });
});
