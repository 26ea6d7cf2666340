import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { Database } from '../src/database/database.ts';
import { connect, until } from './support/google-world.ts';
import type { Json, Received, Sent } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const ADA = 'ada@acme.example';
const BOB = 'bob@guests.example';
const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let primary: Json;
let connectionId: string;
let made: Received;
let series: string;
/** The first day of the series at hand. */
let first = 20;

const at = (days: number, hour: number): string => new Date(midnight + days * DAY_MS + hour * HOUR_MS).toISOString().replace('.000', '');
const date = (days: number): string => at(days, 0).slice(0, 10);
const api = (method: string, path: string, sent: Sent = {}): Promise<Received> => test.request(method, path, { key: tenant.key, ...sent });
const ifMatch = (answer: Received): { headers: Record<string, string> } => ({ headers: { 'if-match': answer.headers.get('etag')! } });
const seen = (): Promise<Received> => api('GET', `/v1/events/${series}`);
const of = (path: string, scope: string, original?: string): string =>
  `${path}?scope=${scope}${original === undefined ? '' : `&original_start=${encodeURIComponent(original)}`}`;
const patch = async (scope: string, original: string | undefined, body: Json): Promise<Received> =>
  api('PATCH', of(`/v1/events/${series}`, scope, original), { ...ifMatch(await seen()), body });
const remove = async (scope: string, original?: string, more = ''): Promise<Received> =>
  api('DELETE', `${of(`/v1/events/${series}`, scope, original)}${more}`, ifMatch(await seen()));

async function times(): Promise<{ start: string; title: string }[]> {
  const page = await api('GET', `/v1/events/${series}/instances?limit=200`);
  return page.body.data.map((one: Json) => ({ start: one.start ?? one.start_date, title: one.title }));
}

/** What the provider holds: the truth that the copy here is compared with. */
function remoteTimes(): { start: string; title: string }[] {
  return sandbox.google
    .instances(ADA, made.body.metadata.external_id)
    .map((event) => ({
      start: event.start?.date ?? new Date(event.start!.dateTime!).toISOString().replace('.000', ''),
      title: event.summary!,
    }))
    .sort((one, other) => one.start.localeCompare(other.start));
}

async function sync(mode: 'incremental' | 'full' = 'incremental'): Promise<void> {
  const started = await api('POST', `/v1/connections/${connectionId}/sync`, { body: { mode } });
  for (const { id } of started.body.data)
    await until(async () => !['queued', 'running'].includes((await api('GET', `/v1/sync/runs/${id}`)).body.state));
}

/** Both sides agree, now and after each kind of sync. */
async function expectTimes(expected: { start: string; title: string }[]): Promise<void> {
  expect(remoteTimes()).toEqual(expected);
  expect(await times()).toEqual(expected);
  await sync();
  expect(await times()).toEqual(expected);
  await sync('full');
  expect(await times()).toEqual(expected);
}

/** The calendar file of the mail with this comment. */
function calendarFileOf(comment: string): string | null {
  const file = sandbox.mail
    .list()
    .find(({ text }) => text.includes(comment))!
    .attachments.find(({ mimeType }) => mimeType.startsWith('text/calendar'));
  return file === undefined ? null : Buffer.from(file.base64, 'base64').toString();
}

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: ADA, name: 'Ada', timeZone: 'UTC' });
  connectionId = (await connect(test, tenant, { email: ADA })).id;
  primary = (await api('GET', '/v1/calendars')).body.data.find((one: Json) => one.primary);
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

beforeEach(async () => {
  sandbox.faults.clear();
  sandbox.google.clearMails();
  first += 10;
  made = await api('POST', '/v1/events', {
    body: {
      calendar_id: primary.id,
      title: 'Stand-up',
      start: at(first, 9),
      end: at(first, 10),
      attendees: [{ email: BOB }],
      recurrence: ['RRULE:FREQ=DAILY;COUNT=4'],
    },
  });
  series = made.body.id;
  sandbox.journal.clear();
});

const standUp = (days: number, hour = 9) => ({ start: at(first + days, hour), title: 'Stand-up' });

describe('one occurrence of a series', () => {
  it('EVT-05 is changed by itself, and then is an event of its own', async () => {
    const changed = await patch('this', at(first + 1, 9), { title: 'Retro', start: at(first + 1, 14) });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        title: 'Retro',
        start: at(first + 1, 14),
        end: at(first + 1, 15),
        recurrence: { kind: 'exception', series_id: series, original_start: at(first + 1, 9) },
      },
    });
    expect(changed.body.id).not.toBe(series);
    await expectTimes([standUp(0), { start: at(first + 1, 14), title: 'Retro' }, standUp(2), standUp(3)]);
    const again = await patch('this', at(first + 1, 9), { title: 'Later' });
    expect(again.body).toMatchObject({
      code: 'validation-failed',
      errors: [{ pointer: '?original_start', message: expect.stringContaining(changed.body.id) }],
    });
    const itself = await api('PATCH', `/v1/events/${changed.body.id}`, { ...ifMatch(changed), body: { title: 'Later' } });
    expect(itself.body).toMatchObject({ id: changed.body.id, title: 'Later', start: at(first + 1, 14) });
  });

  it('EVT-06 is taken out by itself, with a word to its guests that spares the series', async () => {
    expect((await remove('this', at(first + 2, 9), '&notify=all&comment=Holiday')).status).toBe(204);
    await expectTimes([standUp(0), standUp(1), standUp(3)]);
    await until(async () => sandbox.mail.list().some((mail) => mail.text.includes('Holiday')));
    expect(calendarFileOf('Holiday')).toMatch(/METHOD:CANCEL[\s\S]*RECURRENCE-ID/);
    expect((await remove('this', at(first + 2, 9))).body).toMatchObject({
      code: 'validation-failed',
      errors: [{ pointer: '?original_start' }],
    });
  });

  it('EVT-06 is taken out after it was moved, and does not come back where it was', async () => {
    const moved = await patch('this', at(first + 1, 9), { start: at(first + 1, 12) });
    expect((await api('DELETE', `/v1/events/${moved.body.id}`, ifMatch(moved))).status).toBe(204);
    await expectTimes([standUp(0), standUp(2), standUp(3)]);
  });

  it('F02 whose reply was lost is taken out once, and the caller is told so', async () => {
    sandbox.faults.add({ operation: 'events.delete', when: 'after', answer: { kind: 'reset' } });
    expect((await remove('this', at(first, 9))).status).toBe(204);
    await expectTimes([standUp(1), standUp(2), standUp(3)]);
  });

  it('that cannot be read again after it was taken out is gone after the next look', async () => {
    sandbox.faults.add({ operation: 'events.get', answer: { kind: 'status', status: 503 }, times: 10 });
    expect((await remove('this', at(first, 9))).status).toBe(204);
    sandbox.faults.clear();
    await until(async () => (await times()).length === 3);
    await expectTimes([standUp(1), standUp(2), standUp(3)]);
  });

  it('of an all-day series is named by its date', async () => {
    made = await api('POST', '/v1/events', {
      body: {
        calendar_id: primary.id,
        title: 'Fair',
        start_date: date(first),
        end_date: date(first + 1),
        recurrence: ['RRULE:FREQ=DAILY;COUNT=3'],
      },
    });
    series = made.body.id;
    expect((await patch('this', date(first + 1), { title: 'Fair, day two' })).body).toMatchObject({
      recurrence: { original_start: date(first + 1) },
    });
    expect((await remove('this', date(first + 2))).status).toBe(204);
    await expectTimes([
      { start: date(first), title: 'Fair' },
      { start: date(first + 1), title: 'Fair, day two' },
    ]);
  });

  it('F06 that somebody changed at the provider meanwhile is changed on top of theirs', async () => {
    const stamp = at(first + 1, 9).replaceAll(/[-:]/g, '');
    sandbox.google.patchEvent({ as: ADA }, `${made.body.metadata.external_id}_${stamp}`, { location: 'Moved room' });
    expect((await patch('this', at(first + 1, 9), { title: 'Retro' })).body).toMatchObject({ title: 'Retro' });
    expect(sandbox.google.getEvent(ADA, `${made.body.metadata.external_id}_${stamp}`)).toMatchObject({
      summary: 'Retro',
      location: 'Moved room',
    });
  });

  it('is only explained in a dry run', async () => {
    const explained = await api('PATCH', `${of(`/v1/events/${series}`, 'this', at(first, 9))}&dry_run=true`, {
      ...ifMatch(made),
      body: { title: 'Retro' },
    });
    expect(explained.body).toMatchObject({ title: 'Retro', recurrence: { kind: 'exception' } });
    await expectTimes([0, 1, 2, 3].map((days) => standUp(days)));
  });
});

describe('a series from one occurrence on', () => {
  it('EVT-06 ends before it, with what was changed after it', async () => {
    await patch('this', at(first + 3, 9), { title: 'Changed' });
    expect((await remove('following', at(first + 2, 9), '&notify=all&comment=Over')).status).toBe(204);
    await expectTimes([standUp(0), standUp(1)]);
    await until(async () => sandbox.mail.list().some((mail) => mail.text.includes('Over')));
    expect(calendarFileOf('Over')).toBeNull();
  });

  it('EVT-06 is gone when that is its first', async () => {
    expect((await remove('following', at(first, 9))).status).toBe(204);
    await expectTimes([]);
    expect((await seen()).body.deleted).toBe(true);
  });

  it('EVT-06 ends before an occurrence that is an event of its own', async () => {
    const changed = await patch('this', at(first + 2, 9), { title: 'Changed' });
    expect((await api('DELETE', of(`/v1/events/${changed.body.id}`, 'following'), ifMatch(changed))).status).toBe(204);
    await expectTimes([standUp(0), standUp(1)]);
  });
});

describe('which occurrences are meant', () => {
  it('has to be said where the id names a whole series', async () => {
    for (const scope of ['this', 'following'])
      expect((await patch(scope, undefined, { title: 'No' })).body).toMatchObject({
        code: 'validation-failed',
        errors: [{ pointer: '?original_start' }],
      });
    expect((await patch('following', at(first + 1, 9), { title: 'No' })).body).toMatchObject({ errors: [{ pointer: '?scope' }] });
    expect((await patch('all', undefined, { title: 'Daily' })).body).toMatchObject({ title: 'Daily', recurrence: { kind: 'series' } });
  });

  it.each([
    ['a time that is none of the series', () => at(first, 10)],
    ['a date of a timed series', () => date(first)],
    ['a time after its end', () => at(first + 4, 9)],
    ['no time at all', () => 'tomorrow'],
  ])('refuses %s without a call', async (_what, original) => {
    for (const scope of ['this', 'following'])
      expect((await remove(scope, original())).body).toMatchObject({ status: 422, errors: [{ pointer: '?original_start' }] });
    expect(sandbox.journal.list()).toEqual([]);
  });

  it('refuses an occurrence of what takes place once', async () => {
    const single = await api('POST', '/v1/events', {
      body: { calendar_id: primary.id, title: 'Once', start: at(first, 12), end: at(first, 13) },
    });
    const refused = await api('PATCH', of(`/v1/events/${single.body.id}`, 'this', at(first, 12)), {
      ...ifMatch(single),
      body: { title: 'No' },
    });
    expect(refused.body).toMatchObject({ errors: [{ pointer: '?original_start' }] });
  });

  it('EVT-05 is refused on a version of the series that is not current', async () => {
    await patch('all', undefined, { title: 'Newer' });
    const stale = await api('PATCH', of(`/v1/events/${series}`, 'this', at(first, 9)), { ...ifMatch(made), body: { title: 'Stale' } });
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(
      await test.get(Database).withTenant(tenant.tenantId, (tx) => tx.query(`SELECT FROM event_details WHERE title = 'Stale'`)),
    ).toEqual([]);
  });
});
