import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idle, mirrorOf, passTime, query, syncNow, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { startSyncWorld, type Connected, type SyncWorld } from './support/sync-world.ts';

const DAY = 86_400_000;
const PAST_DAYS = 30;
const FUTURE_DAYS = 365;
/** The zones in which a date begins first and last. */
const [EAST, WEST] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];

let base: SyncWorld;
let sandbox: SyncWorld['sandbox'];
let test: SyncWorld['test'];
let tenant: SyncWorld['tenant'];

beforeAll(async () => {
  base = await startSyncWorld();
  ({ sandbox, test, tenant } = base);
}, 60_000);

afterEach(() => base.rest());
afterAll(() => base?.close());

const connected = (timeZone?: string, seed?: (email: string) => void): Promise<Connected> => base.connected({ timeZone, seed });

const allDay = (summary: string, { day, rule }: { day: number; rule?: string }): Json => ({
  summary,
  start: { date: base.date(day) },
  end: { date: base.date(day + 1) },
  ...(rule === undefined ? {} : { recurrence: [`RRULE:${rule}`] }),
});

const newsOf = ({ calendar }: Connected): Promise<Json[]> =>
  query(
    test,
    tenant,
    `SELECT c.type, d.title FROM changes c LEFT JOIN events e ON e.id = c.resource_id LEFT JOIN event_details d ON d.event_id = e.id
     WHERE c.type LIKE 'event.%' AND (e.calendar_id = $1 OR e.id IS NULL) ORDER BY c.id`,
    [uuidOf(calendar.id, 'calendar')],
  );
const liveTitles = async ({ calendar }: Connected): Promise<(string | null)[]> =>
  (await mirrorOf(test, tenant, calendar))
    .filter(({ deleted }) => !deleted)
    .map(({ title }) => title)
    .sort();

async function nextDay(world: Connected): Promise<Json> {
  passTime(test, DAY);
  return (await syncNow(test, tenant, world.connection.id, { mode: 'full' }))[0];
}

describe('F09 an all-day event at the edge of the window', () => {
  it.each([
    ['a single one', undefined],
    ['the last of a series', 'FREQ=DAILY;UNTIL='],
  ])('that left it in the zone of its calendar was not deleted: %s', async (_, until) => {
    const first = -PAST_DAYS;
    const rule = until === undefined ? undefined : `${until}${base.date(first).replaceAll('-', '')}`;
    const world = await connected(EAST, (email) => {
      sandbox.google.createEvent({ as: email }, allDay('Edge', { day: rule === undefined ? first : first - 3, rule }));
      sandbox.google.createEvent({ as: email }, allDay('Inside', { day: first + 5 }));
    });
    expect(await liveTitles(world)).toEqual(['Edge', 'Inside']);
    expect(await nextDay(world)).toMatchObject({ state: 'succeeded', counts: { deleted: 0 } });
    expect(await liveTitles(world)).toEqual(['Inside']);
    expect(await newsOf(world)).toEqual([]);
  });

  it('that a shorter window leaves out was not deleted', async () => {
    const world = await connected(WEST, (email) => {
      sandbox.google.createEvent({ as: email }, allDay('Edge', { day: FUTURE_DAYS }));
      sandbox.google.createEvent({ as: email }, allDay('Inside', { day: 5 }));
    });
    expect(await liveTitles(world)).toEqual(['Edge', 'Inside']);
    await test.request('PATCH', `/v1/connections/${world.connection.id}`, {
      key: tenant.key,
      body: { sync: { future_days: FUTURE_DAYS - 1 } },
    });
    await idle(test);
    expect(await liveTitles(world)).toEqual(['Inside']);
    expect(await newsOf(world)).toEqual([]);
  });

  it.each([EAST, 'UTC', WEST])('that comes into it is no news (%s)', async (zone) => {
    const world = await connected(zone, (email) => {
      sandbox.google.createEvent({ as: email }, allDay('Edge', { day: FUTURE_DAYS + 2 }));
      sandbox.google.createEvent({ as: email }, allDay('Daily', { day: 1, rule: 'FREQ=DAILY' }));
    });
    expect(await liveTitles(world)).toEqual(['Daily']);
    await nextDay(world);
    await nextDay(world);
    expect(await liveTitles(world)).toEqual(['Daily', 'Edge']);
    expect(await newsOf(world)).toEqual([]);
  });

  it('is missed when it lay well inside', async () => {
    const world = await connected(EAST, (email) => {
      sandbox.google.createEvent({ as: email }, allDay('Lost', { day: -PAST_DAYS + 3 }));
      sandbox.google.createEvent({ as: email }, allDay('Inside', { day: 5 }));
    });
    sandbox.pages.add({ operation: 'events.list', lists: 1, dropShare: 0.5 });
    await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    sandbox.pages.clear();
    expect(await newsOf(world)).toEqual([expect.objectContaining({ type: 'event.deleted' })]);
  });
});

it('an exception on a date at the edge that was moved far out stays while its series does', async () => {
  let series: Json;
  const world = await connected(EAST, (email) => {
    series = sandbox.google.createEvent({ as: email }, allDay('Weekly', { day: FUTURE_DAYS + 1 - 14, rule: 'FREQ=WEEKLY' }));
    const original = base.date(FUTURE_DAYS + 1).replaceAll('-', '');
    sandbox.google.patchEvent({ as: email }, `${series.id}_${original}`, allDay('Moved', { day: FUTURE_DAYS + 4 }));
  });
  // It is told once by the cursor, and by no complete set, in which it does not lie.
  sandbox.google.patchEvent({ as: world.email }, `${series!.id}_${base.date(FUTURE_DAYS + 1).replaceAll('-', '')}`, {
    summary: 'Moved far',
  });
  await syncNow(test, tenant, world.connection.id);
  const dates = (): Promise<Json[]> =>
    query(test, tenant, `SELECT start_date::text AS date FROM occurrences WHERE calendar_id = $1 ORDER BY 1`, [
      uuidOf(world.calendar.id, 'calendar'),
    ]);
  const before = await dates();
  await syncNow(test, tenant, world.connection.id, { mode: 'full' });
  expect(await dates()).toEqual(before);
});
