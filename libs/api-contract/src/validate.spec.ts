import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Operation } from './operation.ts';
import { operations } from './operations/all.ts';
import { exampleId } from './fields/ids.ts';
import type { RequestPart } from './validate.ts';
import { validate } from './validate.ts';

/** What a caller is told: pointer and sentence. */
function refused(schema: Parameters<typeof validate>[0], value: unknown, part: RequestPart = 'body'): Record<string, string> {
  const result = validate(schema, { value, part });
  return result.ok ? {} : Object.fromEntries(result.errors.map((error) => [error.pointer, error.message]));
}

const booking = operations.createMeeting.example.body;

describe('a refused booking says what to send instead', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, Record<string, string>])[] = [
    [
      'a time without offset',
      { start: '2027-03-08T09:00:00' },
      { '/start': 'has no offset, so that it could mean different moments; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00' },
    ],
    [
      'a date for a time',
      { start: '2027-03-08' },
      { '/start': 'is not a time by RFC 3339; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00' },
    ],
    ['seconds since 1970', { start: 1_804_500_000 }, { '/start': 'is not text' }],
    [
      'a day that is not in the calendar',
      { start: '2027-02-30T09:00:00Z' },
      { '/start': 'is not a time by RFC 3339; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00' },
    ],
    ['a fixed offset as zone', { time_zone: '+01:00' }, { '/time_zone': 'is not an IANA time zone; write a name such as Europe/Berlin' }],
    [
      'an id of another kind',
      { hosts: [exampleId('meeting')] },
      { '/hosts/0': 'is not an id of this kind; it starts with usr_ and goes on with 32 hex digits' },
    ],
    ['a number out of range', { duration_minutes: 3 }, { '/duration_minutes': 'is less than 5' }],
    ['a word that is no choice', { on_conflict: 'force' }, { '/on_conflict': 'is not one of reject, suggest, auto_move' }],
    ['the wrong type', { conference: { required: 'yes' } }, { '/conference/required': 'is not true or false' }],
    ['a misspelt field', { titel: 'x' }, { '/titel': 'is not a field of this request; check its spelling' }],
    ['a part without a field', { external_ref: { type: 'deal' } }, { '/external_ref/id': 'is missing' }],
    ['an unknown form', { preparation: [{ kind: 'file' }] }, { '/preparation/0/kind': 'is not one of link, note' }],
    [
      'both hosts and participants',
      { participants: [{ members: [{ user_id: exampleId('user') }] }] },
      { '/participants': 'cannot be given together with hosts' },
    ],
    ['a time that no calendar holds', { start: '2500-01-01T00:00:00Z' }, { '/start': 'lies outside the years 1970 to 2199' }],
    ['no time', { start: undefined }, { '/start': 'is missing; give it, or have a time looked for in a window, with mode next or best' }],
    ['next without window', { mode: 'next' }, { '/window': 'is missing; modes next and best look for a time in it' }],
  ];
  it.each(cases)('%s', (_title, change, expected) => {
    expect(refused(operations.createMeeting.body, { ...booking, ...change })).toEqual(expected);
  });
});

describe('everything that is missing is named at once', () => {
  const { createMeeting, quickBook, findSlots, findNextSlot } = operations;
  const start = 'is missing; give it, or have a time looked for in a window, with mode next or best';
  const duration = 'is missing; give it, or a scheduling_profile_id';
  it.each([
    ['an empty booking', createMeeting.body, {}, { '/title': 'is missing', '/start': start, '/duration_minutes': duration }],
    [
      'a booking of the next time',
      createMeeting.body,
      { mode: 'next' },
      { '/title': 'is missing', '/window': 'is missing; modes next and best look for a time in it', '/duration_minutes': duration },
    ],
    [
      'a booking with a field that is not known',
      createMeeting.body,
      { titel: 'x', scheduling_profile_id: exampleId('schedulingProfile') },
      { '/title': 'is missing', '/titel': 'is not a field of this request; check its spelling', '/start': start },
    ],
    ['an empty quick booking', quickBook.body, {}, { '/title': 'is missing' }],
    ['an empty search', findSlots.body, {}, { '/window': 'is missing', '/duration_minutes': duration }],
    ['an empty search for the next', findNextSlot.body, {}, { '/window': 'is missing', '/duration_minutes': duration }],
    ['no object', createMeeting.body, [], { '': 'is not an object' }],
  ] as const)('in %s', (_title, schema, value, expected) => {
    expect(refused(schema, value)).toEqual(expected);
  });

  it('and what is there and wrong is not called missing', () => {
    expect(refused(createMeeting.body, { start: 'soon', duration_minutes: 3, mode: 'exact' })).toEqual({
      '/title': 'is missing',
      '/start': 'is not a time by RFC 3339; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00',
      '/duration_minutes': 'is less than 5',
    });
    expect(refused(createMeeting.body, { mode: 'soon', title: 'x', duration_minutes: 30 })).toEqual({
      '/mode': 'is not one of exact, next, best',
    });
  });
});

it.each([
  ['2027-03-08T15:00:00+01:00', 1_804_514_400_000],
  ['2027-03-08T14:00:00Z', 1_804_514_400_000],
  ['2027-03-08t14:00:00.250z', 1_804_514_400_250],
])('reads %s as a moment', (start, expected) => {
  const result = validate(operations.createMeeting.body, { value: { ...booking, start }, part: 'body' });
  expect(result.ok && result.value.start).toBe(expected);
});

it('a missing or wrong body is one refusal of the whole', () => {
  expect(refused(operations.createMeeting.body, undefined)).toEqual({ '': 'is missing' });
  expect(refused(operations.createMeeting.body, [])).toEqual({ '': 'is not an object' });
});

it('CON-08 refuses a window outside 7 to 730 days', () => {
  const body = (sync: object) => refused(operations.updateConnection.body, { sync });
  expect(body({ past_days: 6, future_days: 731 })).toEqual({
    '/sync/past_days': 'is less than 7',
    '/sync/future_days': 'is more than 730',
  });
  expect(body({ past_days: 7, future_days: 730 })).toEqual({});
});

it('a search is bounded, and names nobody twice', () => {
  const search = { window: { start: '2027-01-01T00:00:00Z', end: '2028-01-02T00:00:00Z' }, duration_minutes: 30 };
  expect(refused(operations.findSlots.body, search)).toEqual({});
  const tooLong = { ...search, window: { start: '2027-01-01T00:00:00Z', end: '2028-01-02T00:00:01Z' } };
  expect(refused(operations.findSlots.body, tooLong)).toEqual({ '/window/end': 'is more than 366 days after the start' });
  const backwards = { ...search, window: { start: '2027-01-01T00:00:00Z', end: '2027-01-01T00:00:00Z' } };
  expect(refused(operations.findSlots.body, backwards)).toEqual({ '/window/end': 'is not after the start' });
  const ada = { user_id: exampleId('user') };
  const twice = { ...search, participants: [{ members: [ada, ada] }] };
  expect(refused(operations.findSlots.body, twice)).toEqual({ '/participants/0/members': 'names somebody twice' });
  const tooFew = { ...search, participants: [{ members: [ada], required: 2 }] };
  expect(refused(operations.findSlots.body, tooFew)).toEqual({ '/participants/0/required': 'is more than the group has members' });
  const { duration_minutes: _, ...unmeasured } = search;
  expect(refused(operations.findSlots.body, unmeasured)).toEqual({
    '/duration_minutes': 'is missing; give it, or a scheduling_profile_id',
  });
});

it('hours lie within a day, and a date is overridden once', () => {
  const hours = { name: 'Hours', time_zone: 'Europe/Berlin', weekly: [{ weekday: 1, start: '09:00', end: '24:00' }] };
  const body = (change: object) => refused(operations.createSchedule.body, { ...hours, ...change });
  expect(body({})).toEqual({});
  expect(body({ weekly: [{ weekday: 1, start: '17:00', end: '09:00' }] })).toEqual({ '/weekly/0/end': 'is not after the start' });
  expect(body({ weekly: [{ weekday: 0, start: '9:00', end: '09:00' }] })).toEqual({
    '/weekly/0/weekday': 'is less than 1',
    '/weekly/0/start': 'is not a time of day; write 09:00 (24:00 is the end of the day)',
  });
  const holiday = { date: '2027-12-24', hours: [] };
  expect(body({ overrides: [holiday, holiday] })).toEqual({ '/overrides': 'name a date twice' });
});

it('events are either timed or all-day, and end after they start', () => {
  const event = { title: 'x' };
  const body = (times: object) => refused(operations.createEvent.body, { ...event, ...times });
  const either = 'give start and end (with an offset), or start_date and end_date for an all-day event, not both';
  expect(body({})).toEqual({ '/start': either });
  expect(body({ start: '2027-03-08T09:00:00Z', end: '2027-03-08T10:00:00Z', start_date: '2027-03-08', end_date: '2027-03-09' })).toEqual({
    '/start': either,
  });
  expect(body({ start: '2027-03-08T09:00:00Z', end: '2027-03-08T09:00:00Z' })).toEqual({ '/end': 'is not after the start' });
  expect(body({ start_date: '2027-03-08', end_date: '2027-03-08' })).toEqual({ '/end': 'is not after the start' });
  expect(body({ start_date: '2027-03-08', end_date: '2027-03-09' })).toEqual({});
});

it('events last for 366 days at most, when they are made and when they are changed', () => {
  const tooLong = { '/end': 'is more than 366 days after the start' };
  for (const event of [operations.createEvent.body, operations.updateEvent.body]) {
    const body = (times: object) => refused(event, { title: 'x', ...times });
    expect(body({ start: '1970-01-01T00:00:00Z', end: '2199-12-31T00:00:00Z' })).toEqual(tooLong);
    expect(body({ start: '2027-01-01T00:00:00Z', end: '2028-01-02T00:00:01Z' })).toEqual(tooLong);
    expect(body({ start: '2027-01-01T00:00:00Z', end: '2028-01-02T00:00:00Z' })).toEqual({});
    expect(body({ start_date: '2027-01-01', end_date: '2028-01-03' })).toEqual(tooLong);
    expect(body({ start_date: '2027-01-01', end_date: '2028-01-02' })).toEqual({});
  }
});

it('a check of a time reaches no further than what can be put there', () => {
  const check = (end: string) => refused(operations.checkConflicts.body, { start: '1970-01-01T00:00:00Z', end });
  expect(check('2199-12-31T00:00:00Z')).toEqual({ '/end': 'is more than 366 days after the start' });
  expect(check('1970-01-02T00:00:00Z')).toEqual({});
});

it('longer texts hold tabs and line breaks, and no other control characters', () => {
  const body = (description: string) => refused(operations.createMeeting.body, { ...booking, description });
  expect(body('One\r\n\tTwo\n')).toEqual({});
  for (const sign of ['\u0007', '\u001b', '\u007f', '\u0085'])
    expect(body(`a${sign}b`)).toEqual({ '/description': 'holds control characters other than tabs and line breaks' });
});

describe('queries', () => {
  const query = (one: { readonly query: Parameters<typeof validate>[0] }, value: object) => refused(one.query, value, 'query');

  it('name the parameter that is refused', () => {
    expect(query(operations.listConnections, { limit: '201', status: 'active,gone', order: 'x' })).toEqual({
      '?limit': 'is more than 200',
      '?status': 'is not one of pending, active, paused, expired, error, revoked',
      '?order': 'is not a field of this request; check its spelling',
    });
    expect(query(operations.listEvents, { from: '2027-03-08T00:00:00Z', to: '2027-03-08T00:00:00Z' })).toEqual({
      '?to': 'is not after from',
    });
    expect(query(operations.deleteEvent, { dry_run: 'maybe' })).toEqual({ '?dry_run': 'is neither true nor false' });
  });

  it.each(
    Object.values<Operation>(operations).flatMap((one) => ('from' in (one.query?.shape ?? {}) ? [[one.id, one.query!] as const] : [])),
  )('between two times go forward in %s', (_, schema) => {
    const backwards = { from: '2027-03-08T00:00:00Z', to: '2026-03-08T00:00:00Z' };
    expect(query({ query: schema }, backwards)).toEqual({ '?to': 'is not after from' });
    expect(query({ query: schema }, { from: backwards.to, to: backwards.from })).toEqual({});
  });

  it.each(['0x10', '1e1', '0b11', '', ' 5', '5.0', 'Infinity', 'five'])('count in digits, not as %j', (limit) => {
    for (const one of [operations.listMeetings, operations.listUpcomingEvents])
      expect(query(one, { limit })).toEqual({ '?limit': 'is not a whole number in digits' });
  });

  it('name every form that a parameter may have', () => {
    for (const from of ['yesterday', '2027-03-08'])
      expect(query(operations.listMeetings, { from })).toEqual({
        '?from': 'is not now, and is not a time by RFC 3339; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00',
      });
  });

  it('take lists repeated or with commas, and fill in what is left out', () => {
    for (const status of ['expired,error', ['expired', 'error']]) {
      const result = validate(operations.listConnections.query, { value: { status }, part: 'query' });
      expect(result).toEqual({ ok: true, value: { limit: 50, status: ['expired', 'error'] } });
    }
  });
});

it('an answer never carries more than its schema says', () => {
  const leaked = { ...operations.getConnection.example.response, refresh_token: 'secret' };
  expect(JSON.stringify(operations.getConnection.response.parse(leaked))).not.toContain('secret');
});

describe('text that no database takes', () => {
  const NUL = 'a\0b';
  const HALF = '\ud83d';
  const bodies = Object.values<Operation>(operations).filter(({ body, example }) => body !== undefined && example?.body !== undefined);

  it.each(bodies.map((operation) => [operation.id, operation] as const))('is refused in every field of %s', (_, { body, example }) => {
    for (const path of textsIn(example!.body)) {
      for (const text of [NUL, HALF]) expect(refused(body!, changed(example!.body, path, text))).toMatchObject({ [path]: unstorable });
    }
  });

  const unstorable = 'holds a character that cannot be stored: U+0000 or half of a surrogate pair';

  it('is refused in names of fields, in places below, and in a query', () => {
    expect(refused(operations.createMeeting.body, { ...booking, [NUL]: 1 })).toEqual({ [`/${NUL}`]: unstorable });
    expect(refused(z.unknown(), { a: [{ 'b/c': { [HALF]: [] } }] })).toEqual({ [`/a/0/b~1c/${HALF}`]: unstorable });
    expect(refused(operations.listMeetings.query, { q: NUL }, 'query')).toEqual({ '?q': unstorable });
  });

  it('is told from whole pairs and from an escape that somebody typed', () => {
    expect(refused(operations.createMeeting.body, { ...booking, title: '🦘 \\u0000 \ufffd' })).toEqual({});
  });
});

describe('a request that is wrong in more places than one reads', () => {
  it('has a hundred of them named', () => {
    const fields = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`field_${index}`, '\0']));
    expect(Object.keys(refused(operations.createMeeting.body, { ...booking, ...fields }))).toHaveLength(100);
  });

  it('is not walked to the ground', () => {
    let deep: unknown = '\0';
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    expect(Object.values(refused(z.unknown(), deep))).toEqual(['is nested more than 32 deep']);
  });
});

/** Where a body holds text, as pointers. */
function textsIn(value: unknown, pointer = ''): string[] {
  if (typeof value === 'string') return [pointer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${pointer}/${key}`));
}

function changed(body: unknown, pointer: string, text: string): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(body));
  const steps = pointer.split('/').slice(1);
  const last = steps.pop()!;
  const parent = steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], copy);
  (parent as Record<string, unknown>)[last] = text;
  return copy;
}
