import { describe, expect, it } from 'vitest';
import { checkGoogleAnswer } from './check-google-answer.ts';

const EVENT = {
  kind: 'calendar#event',
  id: 'event0001',
  status: 'confirmed',
  created: '2026-11-20T08:00:00.000Z',
  start: { date: '2026-11-23' },
};

function check(body: unknown, answer: { method?: string; path?: string; status?: number } = {}): void {
  checkGoogleAnswer({ method: 'GET', path: 'calendars/primary/events/event0001', status: 200, ...answer, body });
}

describe('the check against Google’s discovery document', () => {
  it('passes a true answer', () => {
    expect(() => check(EVENT)).not.toThrow();
  });

  it.each([
    ['an unknown member', { ...EVENT, note: 'x' }],
    ['a wrong type', { ...EVENT, sequence: '1' }],
    ['a value outside the documented list', { ...EVENT, status: 'gone' }],
    ['a wrong format', { ...EVENT, created: 'yesterday' }],
    ['an unknown member further down', { ...EVENT, start: { day: '2026-11-23' } }],
    ['a value outside the list further down', { ...EVENT, attendees: [{ email: 'a@b.example', responseStatus: 'yes' }] }],
  ])('finds %s', (_name, body) => {
    expect(() => check(body)).toThrow();
  });

  it('finds bodies where Google has none, paths that Google lacks and errors out of form', () => {
    expect(() => check({}, { method: 'DELETE', status: 204 })).toThrow();
    expect(() => check(null, { method: 'DELETE', status: 204 })).not.toThrow();
    expect(() => check(EVENT, { path: 'calendar/primary' })).toThrow();
    expect(() => check({ error: 'invalid' }, { status: 400 })).toThrow();
  });
});
