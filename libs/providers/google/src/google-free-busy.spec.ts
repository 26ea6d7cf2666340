import { Secret, interval, parseInstant, parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { ScriptedGoogle } from './testing/scripted-google.ts';
import { GoogleProvider } from './google.provider.ts';

const provider = new GoogleProvider({ clientId: 'c', clientSecrets: [new Secret('s')] });

describe('free/busy', () => {
  const zone = parseZone('Europe/Berlin');
  const week = interval(parseInstant('2026-08-24T00:00:00Z'), parseInstant('2026-08-31T00:00:00Z'));
  const read = (google: ScriptedGoogle, subjects: readonly string[], window = week) => {
    const { freeBusy } = provider.open(google.access('free_busy'));
    if (freeBusy === undefined) throw new Error('expected free/busy');
    return freeBusy.read({ subjects, window, zone });
  };

  it('AVL-01 tells each subject apart: busy, unknown, free', async () => {
    const google = new ScriptedGoogle({
      body: {
        calendars: {
          a: {
            busy: [
              { start: '2026-08-25T10:00:00+02:00', end: '2026-08-25T11:00:00+02:00' },
              { start: '2026-08-25T10:30:00+02:00', end: '2026-08-25T12:00:00+02:00' },
            ],
          },
          b: { busy: [], errors: [{ domain: 'global', reason: 'notFound' }] },
          c: {},
          d: { busy: [{ start: 'x', end: 'y' }] },
          'm@team': { busy: [{ start: '2026-08-26T08:00:00Z', end: '2026-08-26T09:00:00Z' }] },
        },
        groups: { team: { calendars: ['m@team'] }, crowd: { errors: [{ reason: 'groupTooBig' }] } },
      },
    });
    expect(await read(google, ['a', 'b', 'c', 'd', 'e', 'team', 'crowd'])).toEqual([
      { subject: 'a', busy: [interval(parseInstant('2026-08-25T08:00:00Z'), parseInstant('2026-08-25T10:00:00Z'))] },
      { subject: 'b', error: { code: 'not-found', reason: 'notFound' } },
      { subject: 'c', busy: [] },
      { subject: 'd', error: { code: 'unavailable', reason: 'unreadable' } },
      { subject: 'e', error: { code: 'unavailable', reason: 'missing' } },
      { subject: 'team', busy: [interval(parseInstant('2026-08-26T08:00:00Z'), parseInstant('2026-08-26T09:00:00Z'))] },
      { subject: 'crowd', error: { code: 'too-many', reason: 'groupTooBig' } },
    ]);
    expect(google.last.body).toMatchObject({ timeZone: 'Europe/Berlin', timeMin: '2026-08-24T00:00:00Z' });
  });

  it('asks for 50 at a time and 60 days at most, and joins what lies across a cut', async () => {
    const subjects = Array.from({ length: 51 }, (_, index) => `p${index}`);
    const window = interval(parseInstant('2026-08-24T00:00:00Z'), parseInstant('2026-10-23T00:00:00Z'));
    const cut = '2026-09-04T00:00:00Z';
    const busy = (spans: readonly (readonly [string, string])[]) => ({
      body: { calendars: Object.fromEntries(subjects.map((id) => [id, { busy: spans.map(([start, end]) => ({ start, end })) }])) },
    });
    const before = busy([['2026-09-03T22:00:00Z', cut]]);
    const after = busy([[cut, '2026-09-04T02:00:00Z']]);
    const google = new ScriptedGoogle(before, after, before, after);
    const answers = await read(google, subjects, window);
    expect(answers).toHaveLength(51);
    expect(google.calls.map((call) => (call.body as { items: unknown[]; timeMax: string }).items.length)).toEqual([50, 50, 1, 1]);
    expect((google.calls[0]?.body as { timeMax: string }).timeMax).toBe(cut);
    expect(answers[50]).toEqual({
      subject: 'p50',
      busy: [interval(parseInstant('2026-09-03T22:00:00Z'), parseInstant('2026-09-04T02:00:00Z'))],
    });
  });

  it('is unknown as a whole when a part of it is', async () => {
    const window = interval(parseInstant('2026-08-24T00:00:00Z'), parseInstant('2026-10-23T00:00:00Z'));
    const google = new ScriptedGoogle(
      { body: { calendars: { a: { busy: [] } } } },
      { body: { calendars: { a: { errors: [{ reason: 'internalError' }] } } } },
    );
    expect(await read(google, ['a'], window)).toEqual([{ subject: 'a', error: { code: 'unavailable', reason: 'internalError' } }]);
  });
});
