import { describe, expect, it } from 'vitest';
import { wordsFor, type UselessConnection } from './no-default-calendar.ts';

const connection: UselessConnection = {
  status: 'active',
  accountEmail: 'ada@acme.example',
  accessProfile: 'read_write',
  direction: 'two_way',
  calendars: [{ accessRole: 'owner', isActive: false }],
};

describe('somebody without a calendar to write to', () => {
  it('is asked to connect one', () => {
    expect(wordsFor('Ada', [])).toMatchObject({
      detail: 'Ada has not connected a calendar.',
      fix: expect.stringContaining('Have Ada connect a calendar'),
      who: 'person',
    });
  });

  it.each<[string, Partial<UselessConnection>, RegExp, RegExp]>([
    ['expired', { status: 'expired' }, /has to be connected again/, /^Reconnect ada@acme\.example/],
    ['failing', { status: 'error' }, /fails again and again/, /^Look at the connection/],
    ['paused', { status: 'paused' }, /is paused/, /^Resume the connection/],
    ['for reading', { accessProfile: 'read' }, /connected for reading only/, /^Allow writing: connect .* read_write/],
    ['set to reading', { direction: 'pull' }, /set to reading only/, /^Allow writing: .* two_way/],
    ['new', { calendars: [] }, /not listed yet/, /^Wait/],
    ['shared for reading', { calendars: [{ accessRole: 'reader', isActive: true }] }, /may only read/, /^Allow writing: have the owner/],
    ['switched off', {}, /switched off/, /^Allow writing: switch on/],
  ])('is told what to do about a connection that is %s', (_case, change, said, fix) => {
    const words = wordsFor('Ada', [{ ...connection, ...change }]);
    expect(words.detail).toMatch(said);
    expect(words.fix).toMatch(fix);
    expect([words.detail, words.cause, words.fix]).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^[A-Z].*\.$/)));
  });

  it('is told about each connection, what helps once', () => {
    const words = wordsFor('Ada', [
      { ...connection, status: 'expired' },
      { ...connection, accountEmail: 'ada@home.example', accessProfile: 'free_busy' },
    ]);
    expect(words.detail).toBe(
      'Ada has no calendar that can be written to: ada@acme.example has to be connected again; ada@home.example was connected for reading only.',
    );
    expect(words.fix).toMatch(/Reconnect ada@acme.*connect ada@home/);
  });
});
