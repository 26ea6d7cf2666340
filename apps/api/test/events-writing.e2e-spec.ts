import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import type { DataSource } from 'typeorm';
import { Database, PlainTransactionRunner, TransactionRunner, type Transaction } from '../src/database/database.ts';
import { connect, idle, until } from './support/google-world.ts';
import type { Json, Received, Sent } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const ADA = 'ada@acme.example';
const BOB = 'bob@guests.example';
const CLEO = 'cleo@guests.example';
const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;

/** The database of a process that dies as soon as the provider has applied a create. */
class MortalRunner extends TransactionRunner {
  readonly #plain = new PlainTransactionRunner();
  isDead: () => boolean = () => false;

  override async run<T>(dataSource: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.isDead()) throw new Error('killed');
    return this.#plain.run(dataSource, work);
  }
}

const runner = new MortalRunner();
let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let primary: Json;
let connectionId: string;
let day = 30;
let keys = 0;

const at = (days: number, hour: number): string => new Date(midnight + days * DAY_MS + hour * HOUR_MS).toISOString().replace('.000', '');
const api = (method: string, path: string, sent: Sent = {}): Promise<Received> => test.request(method, path, { key: tenant.key, ...sent });
const remoteEvents = (title: string) =>
  sandbox.google.events(ADA).filter((event) => event.summary === title && event.status !== 'cancelled');
const remoteOf = (event: Json) => sandbox.google.getEvent(ADA, event.metadata.external_id);
const writes = () => ['events.insert', 'events.patch', 'events.delete'].flatMap((operation) => sandbox.journal.list({ operation }));
const newKey = (): Record<string, string> => ({ 'idempotency-key': `test-${(keys += 1)}` });
const ifMatch = (answer: Received): { headers: Record<string, string> } => ({ headers: { 'if-match': answer.headers.get('etag')! } });

function body(title: string, more: object = {}): Json {
  day += 1;
  return { calendar_id: primary.id, title, start: at(day, 9), end: at(day, 10), ...more };
}

const create = (title: string, more: object = {}, query = ''): Promise<Received> =>
  api('POST', `/v1/events${query}`, { body: body(title, more) });

async function calendars(): Promise<Json[]> {
  return (await api('GET', '/v1/calendars?limit=200')).body.data;
}

const inTenant = <T>(sql: string): Promise<T[]> => test.get(Database).withTenant(tenant.tenantId, (tx) => tx.query<T[]>(sql));

async function sync(): Promise<void> {
  const started = await api('POST', `/v1/connections/${connectionId}/sync`, { body: {} });
  for (const { id } of started.body.data)
    await until(async () => !['queued', 'running'].includes((await api('GET', `/v1/sync/runs/${id}`)).body.state));
}

/** A person's edit, seen here after a sync. */
async function syncedEvent(remoteId: string): Promise<Received> {
  await sync();
  const id = await until(async () => {
    const { body: page } = await api('GET', `/v1/events?from=${at(0, 0)}&to=${at(300, 0)}&limit=200`);
    return page.data.find((one: Json) => one.metadata.external_id === remoteId)?.id ?? null;
  });
  return api('GET', `/v1/events/${id}`);
}

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, overrides: [{ token: TransactionRunner, value: runner }] });
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: ADA, name: 'Ada', timeZone: 'Europe/Berlin' });
  connectionId = (await connect(test, tenant, { email: ADA })).id;
  primary = (await calendars()).find((one) => one.primary);
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

beforeEach(() => {
  sandbox.faults.clear();
  sandbox.journal.clear();
  sandbox.google.clearMails();
  runner.isDead = () => false;
});

describe('creating an event', () => {
  it('EVT-04 puts it on the provider’s calendar with everything that was asked for', async () => {
    const guests = [
      { email: BOB, name: 'Bob' },
      { email: CLEO, optional: true },
    ];
    const made = await create(
      'Review',
      { location: 'Room 1', description: 'Bring notes', attendees: guests, conference: {}, time_zone: 'America/New_York' },
      '?notify=none',
    );
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/v1/events/${made.body.id}`);
    expect(made.body).toMatchObject({
      title: 'Review',
      time_zone: 'America/New_York',
      attendees: [{ email: BOB }, { email: CLEO, optional: true }],
      conference: { status: 'ready' },
    });
    expect(remoteOf(made.body)).toMatchObject({
      summary: 'Review',
      location: 'Room 1',
      description: 'Bring notes',
      hangoutLink: made.body.conference.join_url,
    });
    expect(sandbox.google.mails()).toEqual([]);
    const read = await api('GET', `/v1/events/${made.body.id}`);
    expect(read.body).toEqual(made.body);
  });

  it('EVT-04 invites by the provider where that is asked for', async () => {
    await create('Invited', { attendees: [{ email: BOB }] }, '?notify=all');
    expect(sandbox.google.mails()).toMatchObject([{ kind: 'invitation', to: [BOB] }]);
  });

  it('SYN-10 its echo by the sync is nothing new', async () => {
    const made = await create('Echo');
    const again = await syncedEvent(made.body.metadata.external_id);
    expect(again.body).toEqual(made.body);
    expect(
      (
        await inTenant<{ count: string }>(
          `SELECT count(*) FROM changes WHERE resource_id = (SELECT id FROM events WHERE remote_id = '${made.body.metadata.external_id}')`,
        )
      )[0],
    ).toEqual({ count: '1' });
  });

  it('EVT-04 with the same key makes nothing new and answers the same, with another body is refused', async () => {
    const [sent, headers] = [body('Once'), newKey()];
    const answers = [await api('POST', '/v1/events', { body: sent, headers }), await api('POST', '/v1/events', { body: sent, headers })];
    expect(answers[1]!.body).toEqual(answers[0]!.body);
    expect(answers[1]!.headers.get('idempotency-replayed')).toBe('true');
    expect(writes()).toHaveLength(1);
    expect((await api('POST', '/v1/events', { body: { ...sent, title: 'Other' }, headers })).body.code).toBe('idempotency-key-reused');
  });

  it('F31 several at once with the same key make one event', async () => {
    const [sent, headers] = [body('Together'), newKey()];
    const answers = await Promise.all([1, 2, 3, 4].map(() => api('POST', '/v1/events', { body: sent, headers })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(remoteEvents('Together')).toHaveLength(1);
  });

  it('F02 whose reply was lost is found by the repetition with its key', async () => {
    sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'reset' } });
    const [sent, headers] = [body('Found again'), newKey()];
    const lost = await api('POST', '/v1/events', { body: sent, headers });
    expect(lost).toMatchObject({ status: 503, body: { code: 'provider-unavailable', retryable: true } });
    const found = await api('POST', '/v1/events', { body: sent, headers });
    expect(found.status).toBe(201);
    expect(remoteEvents('Found again')).toHaveLength(1);
  });

  it('F02 whose reply was lost is made by itself when there was a key, and found even then', async () => {
    sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'status', status: 503 } });
    const [sent, headers] = [body('By itself'), newKey()];
    expect((await api('POST', '/v1/events', { body: sent, headers })).status).toBe(503);
    test.clock.advance(10_000);
    await until(async () => remoteEvents('By itself').length === 1);
    await until(
      async () =>
        (await inTenant<{ state: string }>(`SELECT state FROM placements WHERE wanted -> 'fields' ->> 'title' = 'By itself'`))[0]?.state ===
        'written',
    );
    const found = await api('POST', '/v1/events', { body: sent, headers });
    expect(found).toMatchObject({ status: 201, body: { title: 'By itself' } });
    expect(remoteEvents('By itself')).toHaveLength(1);
  });

  it('F02 whose reply was lost is taken back when there was no key, so that a repetition makes no second one', async () => {
    sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'reset' } });
    expect((await create('Without key', { attendees: [{ email: BOB }] })).status).toBe(503);
    test.clock.advance(10_000);
    await until(async () => sandbox.journal.list({ operation: 'events.delete', applied: true }).length === 1);
    expect(remoteEvents('Without key')).toEqual([]);
    expect(sandbox.google.mails()).toEqual([]);
  });

  it.each([true, false])(
    'F02 that is killed between the provider’s answer and the commit leaves one event with a key, none without (%s)',
    async (hasKey) => {
      const title = `Killed ${hasKey}`;
      runner.isDead = () => sandbox.journal.list({ operation: 'events.insert', applied: true }).length > 0;
      const [sent, headers] = [body(title), hasKey ? newKey() : {}];
      expect((await api('POST', '/v1/events', { body: sent, headers })).status).toBe(500);
      runner.isDead = () => false;
      expect(remoteEvents(title)).toHaveLength(1);
      if (hasKey) {
        expect((await api('POST', '/v1/events', { body: sent, headers })).status).toBe(201);
        expect(remoteEvents(title)).toHaveLength(1);
        return;
      }
      test.clock.advance(61_000);
      await until(async () => remoteEvents(title).length === 0);
    },
  );

  it('EVT-04 F34 on a calendar that may only be read is refused without a call', async () => {
    sandbox.google.addPerson({ email: 'boss@acme.example' });
    const shared = sandbox.google.addCalendar('boss@acme.example', { summary: 'To read' });
    sandbox.google.setAccess(shared.id, ADA, 'reader');
    await api('POST', `/v1/connections/${connectionId}/refresh`, { body: {} });
    const readOnly = (await calendars()).find((one) => one.name === 'To read')!;
    if (readOnly.status !== 'active') await api('PATCH', `/v1/calendars/${readOnly.id}`, { body: { active: true } });
    sandbox.journal.clear();
    const refused = await create('Refused', { calendar_id: readOnly.id });
    expect(refused).toMatchObject({ status: 403, body: { code: 'calendar-read-only' } });
    expect(refused.headers.get('x-provider-requests')).toBe('0');
    await api('PATCH', `/v1/calendars/${readOnly.id}`, { body: { active: false } });
    expect((await create('Refused', { calendar_id: readOnly.id })).body.code).toBe('calendar-inactive');
    expect(writes()).toEqual([]);
  });

  it('that the provider refuses leaves nothing behind', async () => {
    sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'status', status: 403, reason: 'requiredAccessLevel' } });
    expect(await create('No right')).toMatchObject({
      status: 403,
      body: { code: 'calendar-read-only', provider: { name: 'google', status: 403 } },
    });
    expect(await inTenant(`SELECT FROM placements WHERE wanted -> 'fields' ->> 'title' = 'No right'`)).toEqual([]);
    expect(remoteEvents('No right')).toEqual([]);
  });

  it('is only explained in a dry run', async () => {
    const planned = await create(
      'Planned',
      { start: undefined, end: undefined, start_date: '2027-05-01', end_date: '2027-05-02', conference: {} },
      '?dry_run=true',
    );
    expect(planned).toMatchObject({
      status: 200,
      body: { title: 'Planned', all_day: true, start_date: '2027-05-01', conference: { status: 'pending' } },
    });
    expect(writes()).toEqual([]);
    expect(await inTenant(`SELECT FROM placements WHERE wanted -> 'fields' ->> 'title' = 'Planned'`)).toEqual([]);
  });

  it('of a series gives its times at once, and a rule that nobody can read is refused', async () => {
    const made = await create('Weekly', { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] });
    expect(made.body.recurrence).toMatchObject({ kind: 'series', rules: ['RRULE:FREQ=WEEKLY;COUNT=3'] });
    expect((await api('GET', `/v1/events/${made.body.id}/instances`)).body.data).toHaveLength(3);
    for (const rule of ['FREQ=SOMETIMES', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'FREQ=DAILY;COUNT=999999999'])
      expect(await create('Never', { recurrence: [`RRULE:${rule}`] })).toMatchObject({
        status: 422,
        body: { code: 'recurrence-unreadable' },
      });
  });

  it('that lasts for longer than a series may is refused', async () => {
    expect(await create('For ever', { start: '1970-01-01T00:00:00Z', end: '2199-12-31T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/end', message: 'is more than 366 days after the start' }] },
    });
  });
});

describe('changing an event', () => {
  it('EVT-05 F39 sends only what changed, under the version that was seen', async () => {
    const made = await create('Change me', { location: 'Room 1', conference: {} });
    const changed = await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(made), body: { title: 'Changed', end: at(day, 11) } });
    expect(changed.body).toMatchObject({
      title: 'Changed',
      start: at(day, 9),
      end: at(day, 11),
      location: 'Room 1',
      conference: made.body.conference,
      version: made.body.version + 1,
    });
    expect(remoteOf(made.body)).toMatchObject({ summary: 'Changed', location: 'Room 1', hangoutLink: made.body.conference.join_url });
    const stale = await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(made), body: { title: 'Stale' } });
    expect(stale).toMatchObject({ status: 412, body: { current_version: changed.body.version } });
    expect((await api('PATCH', `/v1/events/${made.body.id}`, { body: { title: 'Blind' } })).status).toBe(428);
  });

  it('EVT-05 that a person has changed meanwhile answers 412, and the next read shows theirs', async () => {
    const made = await create('Race');
    sandbox.google.patchEvent({ as: ADA }, made.body.metadata.external_id, { location: 'Somewhere' });
    const overtaken = await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(made), body: { title: 'Mine' } });
    expect(overtaken).toMatchObject({ status: 412, body: { code: 'precondition-failed', current_version: made.body.version + 1 } });
    const read = await api('GET', `/v1/events/${made.body.id}`);
    expect(read.body).toMatchObject({ title: 'Race', location: 'Somewhere', version: made.body.version + 1 });
    expect((await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(read), body: { title: 'Mine' } })).body).toMatchObject({
      title: 'Mine',
      location: 'Somewhere',
    });
  });

  it('F02 whose reply was lost is there when it is asked for again, and written once', async () => {
    const made = await create('Lost change', { attendees: [{ email: BOB }] });
    sandbox.faults.add({ operation: 'events.patch', when: 'after', answer: { kind: 'reset' } });
    const sent = { headers: { ...ifMatch(made).headers, ...newKey() }, body: { title: 'Arrived' } };
    expect((await api('PATCH', `/v1/events/${made.body.id}?notify=all`, sent)).status).toBe(503);
    expect(await api('PATCH', `/v1/events/${made.body.id}?notify=all`, sent)).toMatchObject({ status: 200, body: { title: 'Arrived' } });
    expect(sandbox.google.mails()).toHaveLength(1);
  });

  it('that changes nothing makes no call', async () => {
    const made = await create('Same');
    sandbox.journal.clear();
    const same = await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(made), body: { title: 'Same', busy: true } });
    expect(same.body).toEqual(made.body);
    expect(writes()).toEqual([]);
  });

  it('EVT-07 adds and removes guests by the provider, keeps their answers, and mails nobody unless asked', async () => {
    const made = await create('Guests', { attendees: [{ email: BOB }] });
    sandbox.google.addPerson({ email: BOB });
    const added = await api('PATCH', `/v1/events/${made.body.id}?notify=none`, {
      ...ifMatch(made),
      body: { attendees: [{ email: BOB }, { email: CLEO }] },
    });
    expect(added.body.attendees.map((one: Json) => one.email)).toEqual([BOB, CLEO]);
    expect(remoteOf(made.body)?.attendees?.map(({ email }) => email)).toEqual([BOB, CLEO]);
    expect(sandbox.google.mails()).toEqual([]);
    const removed = await api('PATCH', `/v1/events/${made.body.id}?notify=all`, {
      ...ifMatch(added),
      body: { attendees: [{ email: CLEO }] },
    });
    expect(removed.body.attendees.map((one: Json) => one.email)).toEqual([CLEO]);
    expect(sandbox.google.mails()).toMatchObject([{ kind: 'cancellation', to: [BOB] }]);
  });

  it('can add and take away the online meeting', async () => {
    const made = await create('Online');
    const online = await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(made), body: { conference: 'add' } });
    expect(online.body.conference).toMatchObject({ status: 'ready', join_url: expect.stringMatching(/^https:\/\/meet/) });
    const offline = await api('PATCH', `/v1/events/${made.body.id}`, { ...ifMatch(online), body: { conference: 'remove' } });
    expect(offline.body.conference).toBeNull();
  });

  it('is only explained in a dry run', async () => {
    const made = await create('Try');
    sandbox.journal.clear();
    const tried = await api('PATCH', `/v1/events/${made.body.id}?dry_run=true`, {
      ...ifMatch(made),
      body: { title: 'Tried', start_date: '2027-05-01', end_date: '2027-05-02' },
    });
    expect(tried.body).toMatchObject({ title: 'Tried', all_day: true, start: null, start_date: '2027-05-01' });
    expect(writes()).toEqual([]);
    expect((await api('GET', `/v1/events/${made.body.id}`)).body).toEqual(made.body);
  });

  it('F36 of a special kind or of another organiser is refused without a call', async () => {
    const focus = sandbox.google.addRawEvent(ADA, {
      summary: 'Focus',
      eventType: 'focusTime',
      start: { dateTime: at(250, 9), timeZone: 'UTC' },
      end: { dateTime: at(250, 10), timeZone: 'UTC' },
    });
    sandbox.google.addPerson({ email: 'host@other.example' });
    const hosted = sandbox.google.createEvent(
      { as: 'host@other.example' },
      {
        summary: 'Hosted',
        start: { dateTime: at(251, 9), timeZone: 'UTC' },
        end: { dateTime: at(251, 10), timeZone: 'UTC' },
        attendees: [{ email: ADA }],
      },
    );
    const copy = sandbox.google.findGuestCopy(ADA, { calendarId: 'host@other.example', eventId: hosted.id! })!;
    for (const [remoteId, reason] of [
      [focus, 'special-kind'],
      [copy, 'not-organizer'],
    ] as const) {
      const seen = await syncedEvent(remoteId);
      expect(seen.body.read_only_reason).toBe(reason);
      expect(await api('PATCH', `/v1/events/${seen.body.id}`, { ...ifMatch(seen), body: { title: 'x' } })).toMatchObject({
        status: 403,
        body: { code: 'event-read-only' },
      });
      expect((await api('DELETE', `/v1/events/${seen.body.id}`, ifMatch(seen))).body.code).toBe('event-read-only');
    }
    expect(writes()).toEqual([]);
  });
});

describe('deleting an event', () => {
  it('EVT-06 cancels it by the provider, and the comment goes to its guests', async () => {
    const made = await create('Cancelled', { attendees: [{ email: BOB }, { email: tenant.owner.email }] });
    const gone = await api(
      'DELETE',
      `/v1/events/${made.body.id}?notify=all&comment=${encodeURIComponent('We meet next week instead.')}`,
      ifMatch(made),
    );
    expect(gone.status).toBe(204);
    expect(remoteEvents('Cancelled')).toEqual([]);
    expect(sandbox.google.mails()).toMatchObject([{ kind: 'cancellation' }]);
    const mails = await inTenant<{ recipient: string; details: { comment: string } }>(
      `SELECT recipient, details FROM mails WHERE kind = 'event-cancelled' AND details -> 'event' ->> 'title' = 'Cancelled' ORDER BY recipient`,
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual([BOB, tenant.owner.email]);
    expect(mails[0]!.details.comment).toBe('We meet next week instead.');
    expect((await api('GET', `/v1/events/${made.body.id}`)).body.deleted).toBe(true);
  });

  it('EVT-06 tells only people outside the tenant, or nobody, where that is asked for', async () => {
    for (const [notify, expected] of [
      ['external', [BOB]],
      ['none', []],
    ] as const) {
      const title = `Told ${notify}`;
      const made = await create(title, { attendees: [{ email: BOB }, { email: tenant.owner.email }] });
      await api('DELETE', `/v1/events/${made.body.id}?notify=${notify}&comment=Sorry`, ifMatch(made));
      const mails = await inTenant<{ recipient: string }>(
        `SELECT recipient FROM mails WHERE kind = 'event-cancelled' AND details -> 'event' ->> 'title' = '${title}'`,
      );
      expect(mails.map(({ recipient }) => recipient)).toEqual(expected);
    }
  });

  it('F06 that is gone already counts as done, and a newer version as 412', async () => {
    const gone = await create('Gone');
    sandbox.google.deleteEvent({ as: ADA }, gone.body.metadata.external_id);
    expect((await api('DELETE', `/v1/events/${gone.body.id}`, ifMatch(gone))).status).toBe(204);
    const newer = await create('Newer');
    sandbox.google.patchEvent({ as: ADA }, newer.body.metadata.external_id, { summary: 'Newer still' });
    expect(await api('DELETE', `/v1/events/${newer.body.id}`, ifMatch(newer))).toMatchObject({
      status: 412,
      body: { current_version: newer.body.version + 1 },
    });
    expect(remoteEvents('Newer still')).toHaveLength(1);
  });

  it('F02 whose reply was lost is done, and its comment is mailed', async () => {
    const made = await create('Lost deletion', { attendees: [{ email: BOB }] });
    sandbox.faults.add({ operation: 'events.delete', when: 'after', answer: { kind: 'reset' } });
    expect((await api('DELETE', `/v1/events/${made.body.id}?notify=all&comment=Sorry`, ifMatch(made))).status).toBe(204);
    expect(
      await inTenant(`SELECT FROM mails WHERE kind = 'event-cancelled' AND details -> 'event' ->> 'title' = 'Lost deletion'`),
    ).toHaveLength(1);
    sandbox.faults.add({ operation: 'events.delete', answer: { kind: 'status', status: 503 } });
    const kept = await create('Not deleted');
    expect((await api('DELETE', `/v1/events/${kept.body.id}`, ifMatch(kept))).body.code).toBe('provider-unavailable');
    expect(remoteEvents('Not deleted')).toHaveLength(1);
  });

  it('is only checked in a dry run', async () => {
    const made = await create('Stays');
    expect((await api('DELETE', `/v1/events/${made.body.id}?dry_run=true`, ifMatch(made))).status).toBe(204);
    expect(remoteEvents('Stays')).toHaveLength(1);
  });
});

describe('when the account has to be connected again', () => {
  it('nothing is called, and the caller is told', async () => {
    // A run that the clock made due goes on with calls of its own.
    await inTenant(`UPDATE connections SET sync_enabled = false`);
    await idle(test);
    sandbox.google.revokeGrants(ADA);
    sandbox.google.expireAccessTokens(ADA);
    expect(await create('Too late')).toMatchObject({ status: 409, body: { code: 'reauthorization-required' } });
    sandbox.journal.clear();
    const refused = await create('Too late');
    expect(refused).toMatchObject({ status: 409, body: { code: 'reauthorization-required' } });
    // The mail that asks to connect again goes out when it likes.
    expect(sandbox.journal.list().filter(({ operation }) => operation !== 'smtp.message')).toEqual([]);
  });
});
