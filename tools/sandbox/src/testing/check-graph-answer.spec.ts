import { describe, expect, it } from 'vitest';
import { checkGraphAnswer } from './check-graph-answer.ts';

const EVENT = {
  '@odata.etag': 'W/"1"',
  id: 'AAMk1',
  type: 'singleInstance',
  createdDateTime: '2026-11-20T08:00:00.0000000Z',
  start: { dateTime: '2026-11-23T09:00:00.0000000', timeZone: 'UTC' },
};

function check(body: unknown, answer: { method?: string; path?: string; status?: number } = {}): void {
  checkGraphAnswer({ method: 'GET', path: 'me/events/AAMk1', status: 200, ...answer, body });
}

describe('the check against Graph’s metadata', () => {
  it('passes a true answer, also below another user', () => {
    expect(() => check(EVENT)).not.toThrow();
    expect(() => check(EVENT, { path: 'users/ada@acme.example/events/AAMk1' })).not.toThrow();
  });

  it.each([
    ['an unknown member', { ...EVENT, note: 'x' }],
    ['a wrong type', { ...EVENT, reminderMinutesBeforeStart: '15' }],
    ['a value outside the enumeration', { ...EVENT, showAs: 'gone' }],
    ['a wrong format', { ...EVENT, createdDateTime: 'yesterday' }],
    ['a time with an offset', { ...EVENT, start: { dateTime: '2026-11-23T09:00:00Z', timeZone: 'UTC' } }],
    ['an unknown member further down', { ...EVENT, start: { ...EVENT.start, day: 1 } }],
    ['a value outside the enumeration further down', { ...EVENT, attendees: [{ type: 'wanted' }] }],
  ])('finds %s', (_name, body) => {
    expect(() => check(body)).toThrow();
  });

  it('takes tombstones in delta answers and finds what else is not an event', () => {
    const path = 'me/calendarView/delta?$deltatoken=x';
    expect(() =>
      check({ value: [EVENT, { id: 'AAMk2', '@removed': { reason: 'deleted' } }], '@odata.deltaLink': 'x' }, { path }),
    ).not.toThrow();
    expect(() => check({ value: [{ removed: true }] }, { path })).toThrow();
  });

  it('finds bodies where Graph has none, other statuses, paths that Graph lacks and errors out of form', () => {
    expect(() => check({}, { method: 'DELETE', status: 204 })).toThrow();
    expect(() => check(null, { method: 'DELETE', status: 204 })).not.toThrow();
    expect(() => check(EVENT, { status: 201 })).toThrow();
    expect(() => check(EVENT, { path: 'me/event/AAMk1' })).toThrow();
    expect(() => check({ error: 'invalid' }, { status: 400 })).toThrow();
  });
});
