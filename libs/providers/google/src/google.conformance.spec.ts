import { UTC, instant, interval, wallTimeOf } from '@daymark/domain';
import type { Interval, ZoneId } from '@daymark/domain';
import type {
  AccessProfile,
  CalendarSession,
  EventFields,
  EventTime,
  EventWriter,
  OccurrenceRef,
  SyncCursor,
} from '@daymark/provider-contract';
import { startSandbox } from '@daymark/sandbox';
import type { Sandbox } from '@daymark/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT, connect, mirror, openSession, portsOf, providerFor, readRound, windowAround } from './testing/sandbox-connection.ts';

const ada = 'ada@daymark.example';
const bob = 'bob@daymark.example';
const HOUR = 3_600_000;
const berlin = 'Europe/Berlin' as ZoneId;

let sandbox: Sandbox;
let window: Interval;
/** The full hour after now. */
let soon: number;

beforeAll(async () => {
  sandbox = await startSandbox({ clients: [CLIENT] });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.reset();
  sandbox.google.addPerson({ email: ada, name: 'Ada' });
  sandbox.google.addPerson({ email: bob, name: 'Bob' });
  window = windowAround(sandbox.clock.now());
  soon = Math.ceil(sandbox.clock.now() / HOUR) * HOUR;
});

async function open(profile: AccessProfile = 'read_write', reach: typeof fetch = fetch): Promise<CalendarSession> {
  return openSession(sandbox, { profile, reach, tokens: (await connect(sandbox, { email: ada, profile })).tokens });
}

function writerOf(session: CalendarSession): EventWriter {
  if (session.writer === undefined) throw new Error('expected a writer');
  return session.writer;
}

const at = (offsetHours: number) => ({ dateTime: new Date(soon + offsetHours * HOUR).toISOString(), timeZone: 'Europe/Berlin' });
const start = () => ({ calendarId: ada, from: { kind: 'start', window } }) as const;
const body = (summary: string, hours: number) => ({ summary, start: at(hours), end: at(hours + 1) });
const markerOf = (number: number) => number.toString(16).padStart(32, '0');

/** Guests hold copies with ids of their own. */
function copyOf(iCalUid: string | null | undefined, owner: string): string {
  const copy = sandbox.google.events(owner).find((event) => event.iCalUID === iCalUid);
  if (copy?.id === undefined) throw new Error(`${owner} has no copy`);
  return copy.id;
}

function timeAt(offsetHours: number): EventTime {
  const [from, until] = [instant(soon + offsetHours * HOUR), instant(soon + (offsetHours + 1) * HOUR)];
  return { kind: 'timed', start: from, end: until, startWall: wallTimeOf(from, berlin), endWall: wallTimeOf(until, berlin), zone: berlin };
}

function fieldsAt(offsetHours: number): EventFields {
  return {
    title: 'Intro call',
    description: 'About it',
    location: 'Here',
    time: timeAt(offsetHours),
    recurrence: [],
    attendees: [{ email: bob, name: null, optional: false }],
    busy: true,
    visibility: 'private',
    reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 10 }] },
  };
}

describe('connecting', () => {
  it('CON-04 takes the person through consent to tokens, account and calendars', async () => {
    sandbox.google.addCalendar(ada, { summary: 'Side project', timeZone: 'America/New_York' });
    const { tokens, account } = await connect(sandbox, { email: ada, profile: 'read_write' });
    expect(account).toMatchObject({ email: ada, name: 'Ada', emailVerified: true });
    expect(tokens.refreshToken).not.toBeNull();
    expect(providerFor(sandbox).auth.missing('read_write', tokens.scopes)).toEqual([]);
    const calendars = await openSession(sandbox, { tokens, profile: 'read_write' }).listCalendars();
    expect(calendars).toMatchObject([
      { id: ada, primary: true, accessRole: 'owner', zone: 'Europe/Berlin', conferenceTypes: ['hangoutsMeet'] },
      { name: 'Side project', primary: false, accessRole: 'owner', zone: 'America/New_York' },
    ]);
  });

  it('F22 sees at once what the person left unticked, and what then does not work', async () => {
    const events = 'https://www.googleapis.com/auth/calendar.events';
    const { tokens } = await connect(sandbox, { email: ada, profile: 'read_write', unticked: [events] });
    expect(providerFor(sandbox).auth.missing('read_write', tokens.scopes)).toMatchObject([{ scope: events }]);
    const session = openSession(sandbox, { tokens, profile: 'read_write' });
    await expect(session.listChanges(start())).rejects.toMatchObject({
      code: 'forbidden',
      subject: 'connection',
      problem: 'scope-missing',
    });
    expect(await session.listCalendars()).toHaveLength(1);
  });

  it('F21 refreshes without losing the refresh token, with an older client secret too', async () => {
    const { tokens } = await connect(sandbox, { email: ada, profile: 'read' });
    if (tokens.refreshToken === null) throw new Error('expected a refresh token');
    const fresh = await providerFor(sandbox, ['wrong-secret', 'right-secret']).auth.refresh(tokens.refreshToken, portsOf(sandbox));
    expect(fresh.refreshToken).toBeNull();
    expect(await openSession(sandbox, { tokens: fresh, profile: 'read' }).listCalendars()).toHaveLength(1);
    const wrong = providerFor(sandbox, ['wrong-secret']).auth.refresh(tokens.refreshToken, portsOf(sandbox));
    await expect(wrong).rejects.toMatchObject({ code: 'forbidden', problem: 'provider-client-invalid' });
  });

  it('F20 CON-13 is over when the person withdraws it, and not before', async () => {
    const { tokens } = await connect(sandbox, { email: ada, profile: 'read' });
    const { refreshToken } = tokens;
    if (refreshToken === null) throw new Error('expected a refresh token');
    const { auth } = providerFor(sandbox);
    sandbox.faults.add({ operation: 'oauth.token', answer: { kind: 'status', status: 503 } });
    await expect(auth.refresh(refreshToken, portsOf(sandbox))).rejects.toMatchObject({ code: 'unavailable' });
    await auth.refresh(refreshToken, portsOf(sandbox));
    sandbox.google.revokeGrants(ada);
    await expect(auth.refresh(refreshToken, portsOf(sandbox))).rejects.toMatchObject({ code: 'unauthorized', reason: 'invalid_grant' });
    await expect(openSession(sandbox, { tokens, profile: 'read' }).listCalendars()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('CON-12 says that an access token ran out, and goes on with the next', async () => {
    const { tokens } = await connect(sandbox, { email: ada, profile: 'read' });
    sandbox.google.expireAccessTokens(ada);
    await expect(openSession(sandbox, { tokens, profile: 'read' }).listCalendars()).rejects.toMatchObject({ code: 'unauthorized' });
    if (tokens.refreshToken === null) throw new Error('expected a refresh token');
    const fresh = await providerFor(sandbox).auth.refresh(tokens.refreshToken, portsOf(sandbox));
    expect(await openSession(sandbox, { tokens: fresh, profile: 'read' }).listCalendars()).toHaveLength(1);
  });

  it('revokes, and finds it done the second time', async () => {
    const { tokens } = await connect(sandbox, { email: ada, profile: 'read' });
    const { auth } = providerFor(sandbox);
    await auth.revoke(tokens.refreshToken ?? tokens.accessToken, portsOf(sandbox));
    await auth.revoke(tokens.refreshToken ?? tokens.accessToken, portsOf(sandbox));
    await expect(openSession(sandbox, { tokens, profile: 'read' }).listCalendars()).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('reading', () => {
  it('SYN-05 F12 tells a weekly series with one moved and one deleted occurrence', async () => {
    const series = sandbox.google.createEvent({ as: ada }, { ...body('Stand-up', 24), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=5'] });
    const slot = (week: number) => `${series.id}_${new Date(soon + (24 + week * 168) * HOUR).toISOString().replace(/[-:]|\.000/g, '')}`;
    sandbox.google.patchEvent({ as: ada }, slot(1), { start: at(24 + 170), end: at(24 + 171) });
    sandbox.google.deleteEvent({ as: ada }, slot(2));
    const { changes } = await readRound(await open('read'), start());
    const events = mirror(changes);
    expect(events.get(series.id)).toMatchObject({ recurrence: { kind: 'series', rules: ['RRULE:FREQ=WEEKLY;COUNT=5'] } });
    expect(events.get(slot(1))).toMatchObject({
      status: 'confirmed',
      recurrence: { kind: 'exception', seriesId: series.id, originalStart: { at: soon + (24 + 168) * HOUR } },
      time: { start: soon + (24 + 170) * HOUR },
    });
    expect(events.get(slot(2))).toMatchObject({ status: 'cancelled', recurrence: { originalStart: { at: soon + (24 + 336) * HOUR } } });
    expect(events.size).toBe(3);
  });

  it('F09 reads every page: small ones, an empty one, one without items, ids that repeat', async () => {
    for (let number = 0; number < 25; number += 1) sandbox.google.createEvent({ as: ada }, body(`event ${number}`, number));
    sandbox.pages.add({ operation: 'events.list', size: 4, emptyPage: 3, repeatIds: true, omitsEmptyItems: true });
    const { changes, pages } = await readRound(await open('read'), start());
    expect(mirror(changes).size).toBe(25);
    expect(pages).toBeGreaterThan(7);
  });

  it('F09 F10 goes on from the page that failed', async () => {
    for (let number = 0; number < 9; number += 1) sandbox.google.createEvent({ as: ada }, body(`event ${number}`, number));
    sandbox.pages.add({ operation: 'events.list', size: 3, failPage: 2, failStatus: 500 });
    const session = await open('read');
    const first = await session.listChanges(start());
    if (!('page' in first.next)) throw new Error('expected a second page');
    const second = { calendarId: ada, from: { kind: 'page', page: first.next.page, window } } as const;
    await expect(session.listChanges(second)).rejects.toMatchObject({ code: 'unavailable' });
    const rest = await readRound(session, second);
    expect(mirror([...first.changes, ...rest.changes]).size).toBe(9);
  });

  it('SYN-02 SYN-04 then tells only what changed: added, moved, deleted, also over several pages', async () => {
    const moved = sandbox.google.createEvent({ as: ada }, body('moved', 2));
    const deleted = sandbox.google.createEvent({ as: ada }, body('deleted', 4));
    sandbox.google.createEvent({ as: ada }, body('untouched', 6));
    const session = await open('read');
    const full = await readRound(session, start());
    sandbox.google.patchEvent({ as: ada }, moved.id, { start: at(50), end: at(51) });
    sandbox.google.deleteEvent({ as: ada }, deleted.id);
    const added = sandbox.google.createEvent({ as: ada }, body('added', 8));
    sandbox.pages.add({ operation: 'events.list', size: 1 });
    const increment = await readRound(session, { calendarId: ada, from: { kind: 'cursor', cursor: full.cursor, window } });
    expect(increment.changes.map((change) => (change.kind === 'saved' ? change.event.id : change)).toSorted()).toEqual(
      [added.id, moved.id, { kind: 'removed', eventId: deleted.id, why: 'deleted' }].toSorted(),
    );
    const quiet = await readRound(session, { calendarId: ada, from: { kind: 'cursor', cursor: increment.cursor, window } });
    expect(quiet.changes).toEqual([]);
    expect([...mirror(increment.changes, mirror(full.changes)).values()].map((event) => event.title).toSorted()).toEqual([
      'added',
      'moved',
      'untouched',
    ]);
  });

  it('F13 tells a series that was split as one that ends and one that begins', async () => {
    const series = sandbox.google.createEvent({ as: ada }, { ...body('Weekly', 24), recurrence: ['RRULE:FREQ=WEEKLY'] });
    const session = await open('read');
    const full = await readRound(session, start());
    const until = new Date(soon + 300 * HOUR).toISOString().replace(/[-:]|\.000/g, '');
    sandbox.google.patchEvent({ as: ada }, series.id, { recurrence: [`RRULE:FREQ=WEEKLY;UNTIL=${until}`] });
    const tail = sandbox.google.createEvent({ as: ada }, { ...body('Weekly', 24 + 336), recurrence: ['RRULE:FREQ=WEEKLY'] });
    const { changes } = await readRound(session, { calendarId: ada, from: { kind: 'cursor', cursor: full.cursor, window } });
    const events = mirror(changes, mirror(full.changes));
    expect(events.get(series.id)?.recurrence).toEqual({ kind: 'series', rules: [`RRULE:FREQ=WEEKLY;UNTIL=${until}`] });
    expect(events.get(tail.id)?.recurrence).toEqual({ kind: 'series', rules: ['RRULE:FREQ=WEEKLY'] });
  });

  it('F16 F12 tells a recurring all-day event with a deleted day as dates', async () => {
    const series = sandbox.google.createEvent(
      { as: ada },
      { summary: 'Fair', start: { date: '2027-01-04' }, end: { date: '2027-01-05' }, recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] },
    );
    sandbox.google.deleteEvent({ as: ada }, `${series.id}_20270105`);
    const wide = interval(instant(Date.UTC(2026, 11, 1)), instant(Date.UTC(2027, 11, 1)));
    const { changes } = await readRound(await open('read'), { calendarId: ada, from: { kind: 'start', window: wide } });
    const events = [...mirror(changes).values()];
    expect(events.find((event) => event.id === series.id)?.time).toEqual({
      kind: 'all-day',
      startDate: '2027-01-04',
      endDate: '2027-01-05',
    });
    expect(events.find((event) => event.status === 'cancelled')?.recurrence).toMatchObject({
      originalStart: { kind: 'all-day', date: '2027-01-05' },
    });
  });

  it('F11 tells an event that moved to another calendar as removed here and saved there', async () => {
    const side = sandbox.google.addCalendar(ada, { summary: 'Side' });
    const event = sandbox.google.createEvent({ as: ada }, body('moving', 2));
    const session = await open('read');
    const cursors: SyncCursor[] = [];
    for (const calendarId of [ada, side.id]) cursors.push((await readRound(session, { ...start(), calendarId })).cursor);
    sandbox.google.moveEvent({ as: ada }, event.id, side.id);
    const [here, there] = await Promise.all(
      [ada, side.id].map((calendarId, index) => {
        const cursor = cursors[index];
        if (cursor === undefined) throw new Error('expected a cursor');
        return readRound(session, { calendarId, from: { kind: 'cursor', cursor, window } });
      }),
    );
    expect(here?.changes).toEqual([{ kind: 'removed', eventId: event.id, why: 'deleted' }]);
    expect(there?.changes).toMatchObject([{ kind: 'saved', event: { id: event.id, iCalUid: event.iCalUID, title: 'moving' } }]);
  });

  it('F36 tells working locations and birthdays as taking no time and read-only', async () => {
    sandbox.google.createEvent(
      { as: ada },
      { ...body('Home', 2), eventType: 'workingLocation', workingLocationProperties: { type: 'homeOffice', homeOffice: {} } },
    );
    sandbox.google.createEvent(
      { as: ada },
      { summary: 'Birthday', eventType: 'birthday', start: { date: '2026-12-01' }, end: { date: '2026-12-02' } },
    );
    sandbox.google.createEvent({ as: ada }, { ...body('Away', 4), eventType: 'outOfOffice' });
    const { changes } = await readRound(await open('read'), start());
    const seen = [...mirror(changes).values()].map(({ kind, busy, readOnlyReason }) => [kind, busy, readOnlyReason]);
    expect(seen.toSorted()).toEqual([
      ['birthday', false, 'special-kind'],
      ['out-of-office', true, 'special-kind'],
      ['working-location', false, 'special-kind'],
    ]);
  });

  it('F07 says that the cursor is too old and reads everything again', async () => {
    sandbox.google.createEvent({ as: ada }, body('kept', 2));
    const session = await open('read');
    const { cursor } = await readRound(session, start());
    sandbox.google.expireSyncTokens(ada);
    await expect(session.listChanges({ calendarId: ada, from: { kind: 'cursor', cursor, window } })).rejects.toMatchObject({
      code: 'cursor-expired',
    });
    expect((await readRound(session, start())).changes).toHaveLength(1);
  });

  it('F14 sets odd events aside and reads the others', async () => {
    sandbox.google.createEvent({ as: ada }, body('good', 2));
    sandbox.google.addRawEvent(ada, { id: 'odd00001', summary: 'ends first', start: at(5), end: at(3) });
    sandbox.google.addRawEvent(ada, { id: 'odd00002', summary: 'mixed', start: { date: '2027-01-01' }, end: at(3) });
    const { changes } = await readRound(await open('read'), start());
    expect(changes.map((change) => change.kind).toSorted()).toEqual(['saved', 'unreadable', 'unreadable']);
  });

  it('F35 says that a calendar is gone, and still reads the others', async () => {
    const side = sandbox.google.addCalendar(ada, { summary: 'Side' });
    const session = await open('read');
    sandbox.google.deleteCalendar(side.id);
    await expect(session.listChanges({ ...start(), calendarId: side.id })).rejects.toMatchObject({
      code: 'not-found',
      subject: 'calendar',
    });
    await expect(session.getEvent({ calendarId: side.id, eventId: 'whatever' })).rejects.toMatchObject({
      code: 'not-found',
      subject: 'calendar',
    });
    await readRound(session, start());
  });

  it('F38 tells nothing but times of a calendar that shows only when it is busy', async () => {
    sandbox.google.createEvent({ as: bob }, { ...body('canary', 2), description: 'canary', recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] });
    sandbox.google.setAccess(bob, ada, 'freeBusyReader');
    const { changes } = await readRound(await open('read'), { ...start(), calendarId: bob });
    expect(changes).toHaveLength(2);
    expect(JSON.stringify(changes)).not.toContain('canary');
    for (const change of changes) expect(change).toMatchObject({ event: { title: null, busy: true, time: { kind: 'timed' } } });
  });

  it('SEC-05 shows busy spans to a connection that may see no events', async () => {
    sandbox.google.createEvent({ as: ada }, body('canary', 2));
    sandbox.google.createEvent({ as: ada }, { ...body('free', 9), transparency: 'transparent' });
    sandbox.google.createEvent({ as: ada }, body('far', 24 * 200));
    const session = await open('free_busy');
    const { changes, pages, cursor } = await readRound(session, start());
    expect(changes.map((change) => change.kind === 'saved' && change.event.time)).toMatchObject([
      { start: soon + 2 * HOUR, end: soon + 3 * HOUR },
      { start: soon + 4800 * HOUR, end: soon + 4801 * HOUR },
    ]);
    expect(pages).toBeGreaterThan(6);
    expect(JSON.stringify(changes)).not.toContain('canary');
    await expect(session.listChanges({ calendarId: ada, from: { kind: 'cursor', cursor, window } })).rejects.toMatchObject({
      code: 'cursor-expired',
    });
    expect(sandbox.journal.list({ operation: 'events.*', account: ada })).toEqual([]);
  });

  it.each([
    [403, 'userRateLimitExceeded', 7, { code: 'rate-limited', retryAfterMs: 7000 }],
    [429, 'rateLimitExceeded', 2, { code: 'rate-limited', retryAfterMs: 2000 }],
    [403, 'quotaExceeded', undefined, { code: 'rate-limited', retryAfterMs: HOUR }],
    [403, 'forbidden', undefined, { code: 'forbidden', subject: 'calendar' }],
    [503, undefined, 3, { code: 'unavailable', retryAfterMs: 3000 }],
  ])('F28 tells %i %s apart after a single call', async (status, reason, retryAfterSeconds, expected) => {
    const session = await open('read');
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'status', status, reason, retryAfterSeconds } });
    await expect(session.listChanges(start())).rejects.toMatchObject(expected);
    expect(sandbox.journal.list({ operation: 'events.list' })).toHaveLength(1);
  });
});

describe('writing', () => {
  const create = (session: CalendarSession, number: number, conference = false) =>
    writerOf(session).create({ calendarId: ada, marker: markerOf(number), fields: fieldsAt(number), conference, notify: 'none' });

  it('EVT-04 SYN-09 comes back as it was written', async () => {
    const session = await open();
    const created = await create(session, 1);
    const { attendees, recurrence: _single, ...others } = fieldsAt(1);
    expect(created).toMatchObject({
      ...others,
      marker: markerOf(1),
      recurrence: { kind: 'single' },
      readOnlyReason: null,
      organizer: { email: ada, self: true },
    });
    expect(created.attendees).toMatchObject(attendees.map(({ email }) => ({ email, response: 'needs-action' })));
    expect(await session.getEvent({ calendarId: ada, eventId: created.id })).toEqual(created);
  });

  it('F02 makes one event of each marker although every third reply is lost', async () => {
    const session = await open();
    sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'reset' }, when: 'after', share: 0.34, times: 1000 });
    for (let number = 0; number < 30; number += 1) {
      for (let attempt = 1; ; attempt += 1) {
        const created = await create(session, number).catch((error: unknown) => {
          if (attempt > 5) throw error;
          return null;
        });
        if (created !== null) break;
      }
    }
    sandbox.faults.clear();
    await create(session, 7);
    expect(
      sandbox.google
        .events(ada)
        .map((event) => event.extendedProperties?.private?.daymark)
        .toSorted(),
    ).toEqual(Array.from({ length: 30 }, (_, number) => markerOf(number)));
    expect(sandbox.journal.list({ operation: 'events.insert' }).some((entry) => entry.status === null)).toBe(true);
  });

  it('F02 asks for a new marker when the event was deleted since', async () => {
    const session = await open();
    const created = await create(session, 1);
    sandbox.google.deleteEvent({ as: ada }, created.id);
    await expect(create(session, 1)).rejects.toMatchObject({ code: 'conflict', reason: 'marker-of-deleted-event' });
  });

  it('F39 EVT-05 changes only what it was asked to', async () => {
    const session = await open();
    const before = await create(session, 1, true);
    const after = await writerOf(session).update({
      ref: { calendarId: ada, eventId: before.id },
      ifVersion: before.version,
      fields: { title: 'New' },
      notify: 'none',
    });
    const { version: _v, updatedAt: _u, raw: _r, ...kept } = before;
    expect(after).toMatchObject({ ...kept, title: 'New' });
    expect(after.version).not.toBe(before.version);
  });

  it('turns a timed event into an all-day one and back', async () => {
    const session = await open();
    const created = await create(session, 1);
    const ref = { calendarId: ada, eventId: created.id };
    const days = { kind: 'all-day', startDate: '2027-01-04', endDate: '2027-01-06' } as EventTime;
    const whole = await writerOf(session).update({ ref, ifVersion: created.version, fields: { time: days }, notify: 'none' });
    expect(whole.time).toEqual(days);
    const back = await writerOf(session).update({ ref, ifVersion: whole.version, fields: { time: timeAt(3) }, notify: 'none' });
    expect(back.time).toEqual(timeAt(3));
  });

  it('SYN-05 changes, moves and takes out one occurrence, found by its start, and leaves the others', async () => {
    const series = sandbox.google.createEvent({ as: ada }, { ...body('Stand-up', 24), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
    const session = await open();
    const find = (hours: number) =>
      session.getOccurrence({ calendarId: ada, seriesId: series.id, originalStart: { kind: 'timed', at: instant(soon + hours * HOUR) } });
    const second = (await find(24 + 168))!;
    expect(second).toMatchObject({ status: 'confirmed', recurrence: { kind: 'exception', seriesId: series.id }, time: timeAt(24 + 168) });
    const refOf = (event: { id: string }) => ({ calendarId: ada, eventId: event.id });
    const moved = { title: 'Moved', time: timeAt(24 + 170) };
    await writerOf(session).update({ ref: refOf(second), ifVersion: second.version, fields: moved, notify: 'none' });
    expect(await find(24 + 168)).toMatchObject(moved);
    const third = (await find(24 + 336))!;
    await writerOf(session).remove({ ref: refOf(third), ifVersion: third.version, notify: 'none' });
    expect(await find(24 + 336)).toBeNull();
    expect(await find(25)).toBeNull();
    expect((await find(24 + 504))?.title).toBe('Stand-up');
    expect(sandbox.google.getEvent(ada, series.id)).toMatchObject({ summary: 'Stand-up', recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
    const days = sandbox.google.createEvent(
      { as: ada },
      { start: { date: '2027-01-04' }, end: { date: '2027-01-05' }, recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] },
    );
    const inDays = { calendarId: ada, seriesId: days.id, originalStart: { kind: 'all-day', date: '2027-01-06' } } as OccurrenceRef;
    expect(await session.getOccurrence(inDays)).toMatchObject({ time: { kind: 'all-day', startDate: '2027-01-06' } });
    expect(await session.getOccurrence({ ...inDays, seriesId: 'neverwasthere' })).toBeNull();
  });

  it('F06 is refused when somebody else was faster, and applies nothing', async () => {
    const session = await open();
    const created = await create(session, 1);
    sandbox.google.patchEvent({ as: ada }, created.id, { summary: 'By hand' });
    const ref = { calendarId: ada, eventId: created.id };
    const stale = { ref, ifVersion: created.version, notify: 'none' } as const;
    await expect(writerOf(session).update({ ...stale, fields: { title: 'Stale' } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).update({ ...stale, fields: { attendees: [] } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).remove(stale)).rejects.toMatchObject({ code: 'conflict' });
    expect(sandbox.google.getEvent(ada, created.id)).toMatchObject({ summary: 'By hand', status: 'confirmed' });
  });

  it('F06 deletes, and finds it done the second time', async () => {
    const session = await open();
    const created = await create(session, 1);
    const deletion = { ref: { calendarId: ada, eventId: created.id }, ifVersion: created.version, notify: 'none' } as const;
    await writerOf(session).remove(deletion);
    await writerOf(session).remove(deletion);
    await writerOf(session).remove({ ...deletion, ref: { calendarId: ada, eventId: 'neverwasthere' } });
    const elsewhere = { ...deletion, ref: { calendarId: 'not-shared@daymark.example', eventId: created.id } };
    await expect(writerOf(session).remove(elsewhere)).rejects.toMatchObject({ code: 'not-found', subject: 'calendar' });
    expect(await session.getEvent(deletion.ref)).toBeNull();
  });

  it('EVT-07 F39 adds and removes guests and keeps what the others answered', async () => {
    const session = await open();
    const created = await create(session, 1);
    sandbox.google.respond({ as: bob }, copyOf(created.iCalUid, bob), 'accepted');
    const seen = await session.getEvent({ calendarId: ada, eventId: created.id });
    const guests = [...fieldsAt(1).attendees, { email: 'eve@example.org', name: 'Eve', optional: true }];
    const after = await writerOf(session).update({
      ref: { calendarId: ada, eventId: created.id },
      ifVersion: seen?.version ?? '',
      fields: { attendees: guests },
      notify: 'none',
    });
    expect(after.attendees).toMatchObject([
      { email: bob, response: 'accepted' },
      { email: 'eve@example.org', response: 'needs-action', optional: true },
    ]);
  });

  it('F37 mails nobody unless asked', async () => {
    const session = await open();
    const created = await create(session, 1);
    const ref = { calendarId: ada, eventId: created.id };
    const moved = await writerOf(session).update({ ref, ifVersion: created.version, fields: { time: timeAt(5) }, notify: 'none' });
    expect(sandbox.google.mails()).toEqual([]);
    await writerOf(session).update({ ref, ifVersion: moved.version, fields: { time: timeAt(6) }, notify: 'all' });
    expect(sandbox.google.mails()).toMatchObject([{ to: [bob] }]);
    sandbox.google.clearMails();
    await writerOf(session).remove({ ref, notify: 'none' });
    expect(sandbox.google.mails()).toEqual([]);
  });

  it('SCH-03 gets a Meet link, at first pending, then to be joined', async () => {
    sandbox.google.setConference({ delayMs: 5000 });
    const session = await open();
    const created = await create(session, 1, true);
    expect(created.conference).toMatchObject({ status: 'pending', joinUrl: null });
    sandbox.clock.advance(6000);
    const ready = await session.getEvent({ calendarId: ada, eventId: created.id });
    expect(ready?.conference).toMatchObject({
      status: 'ready',
      platform: 'Google Meet',
      joinUrl: expect.stringMatching(/^https:\/\/meet\.google\.com\//),
    });
  });

  it('adds a Meet link to an event that has none, again after a failure, and takes it away', async () => {
    const session = await open();
    const ref = { calendarId: ada, eventId: (await create(session, 1)).id };
    const change = async (conference: 'add' | 'remove') => {
      const { version } = (await session.getEvent(ref)) ?? { version: '' };
      return (await writerOf(session).update({ ref, ifVersion: version, fields: {}, conference, notify: 'none' })).conference;
    };
    sandbox.google.setConference({ fails: true });
    expect(await change('add')).toMatchObject({ status: 'failed' });
    sandbox.google.setConference({ fails: false });
    expect(await change('add')).toMatchObject({ status: 'ready' });
    expect(await change('remove')).toBeNull();
  });

  it('F34 cannot write to a calendar of somebody else, nor shared fields of somebody else’s event', async () => {
    const session = await open();
    sandbox.google.setAccess(bob, ada, 'reader');
    const foreign = {
      calendarId: bob,
      marker: markerOf(1),
      fields: { ...fieldsAt(1), attendees: [] },
      conference: false,
      notify: 'none',
    } as const;
    await expect(writerOf(session).create(foreign)).rejects.toMatchObject({ code: 'forbidden', subject: 'calendar' });
    const invited = sandbox.google.createEvent({ as: bob }, { ...body('Bob invites', 3), attendees: [{ email: ada }] });
    const ref = { calendarId: ada, eventId: copyOf(invited.iCalUID, ada) };
    const copy = await session.getEvent(ref);
    expect(copy).toMatchObject({ readOnlyReason: 'not-organizer', organizer: { email: bob, self: false } });
    const update = { ref, ifVersion: copy?.version ?? '', fields: { title: 'Mine' }, notify: 'none' } as const;
    await expect(writerOf(session).update(update)).rejects.toMatchObject({ code: 'forbidden', subject: 'event' });
  });
});

describe('free/busy', () => {
  it('AVL-01 tells busy, free and unknown people apart, over months', async () => {
    sandbox.google.createEvent({ as: ada }, { ...body('daily', 1), recurrence: ['RRULE:FREQ=DAILY;COUNT=100'] });
    sandbox.google.setAccess(bob, ada, 'freeBusyReader');
    const { freeBusy } = await open('free_busy');
    const quarter = interval(instant(soon), instant(soon + 120 * 24 * HOUR));
    const answers = await freeBusy?.read({ subjects: [ada, bob, 'nobody@daymark.example'], window: quarter, zone: UTC });
    expect(answers).toMatchObject([
      { subject: ada },
      { subject: bob, busy: [] },
      { subject: 'nobody@daymark.example', error: { code: 'not-found' } },
    ]);
    expect(answers?.[0]).toHaveProperty('busy.length', 100);
    expect(answers?.[0]).toHaveProperty('busy.0', { start: soon + HOUR, end: soon + 2 * HOUR });
  });
});
