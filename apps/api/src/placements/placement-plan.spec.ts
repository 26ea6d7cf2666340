import { describe, expect, it } from 'vitest';
import { parseInstant, parseZone, wallTimeOf } from '@daymark/domain';
import type { EventFields } from '@daymark/provider-contract';
import { planWrite, pollAfterMs, triedBy } from './placement-plan.ts';
import type { Placement, Wanted } from './placement.ts';

const zone = parseZone('Europe/Berlin');
const [start, end] = [parseInstant('2027-03-08T14:00:00Z'), parseInstant('2027-03-08T15:00:00Z')];
const fields: EventFields = {
  title: 'Design review',
  description: null,
  location: null,
  time: { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone },
  recurrence: [],
  attendees: [{ email: 'bob@corp.example', name: null, optional: false }],
  busy: true,
  visibility: 'default',
  reminders: null,
};
const wanted: Wanted = { fields, conference: false };
const titled = (title: string): Wanted => ({ ...wanted, fields: { ...fields, title } });

type Known = Parameters<typeof planWrite>[0];
const written: Known = {
  state: 'written',
  desired: 'present',
  remoteId: 'r1',
  attempts: 0,
  wanted,
  agreed: wanted,
  tried: [],
  conferenceState: null,
};

describe('what is called for a placement', () => {
  const unwritten = { remoteId: null, agreed: null };
  const cases: readonly (readonly [string, Partial<Known>, ReturnType<typeof planWrite>])[] = [
    ['nothing when all is as agreed', {}, { kind: 'rest' }],
    ['a create before the first write', { state: 'pending', ...unwritten }, { kind: 'create', correction: null }],
    [
      'a create again while its outcome is unknown',
      { state: 'waiting', ...unwritten, attempts: 3, tried: [wanted] },
      { kind: 'create', correction: null },
    ],
    [
      'a create, and what changed since it was first tried',
      { state: 'waiting', ...unwritten, attempts: 2, tried: [titled('Old'), wanted] },
      { kind: 'create', correction: { fields: { title: 'Design review' } } },
    ],
    ['only what changed', { wanted: titled('New') }, { kind: 'update', difference: { fields: { title: 'New' } }, isUnsure: false }],
    [
      'what a lost call may have changed, though it was agreed before',
      { tried: [{ ...titled('Lost'), conference: true }] },
      { kind: 'update', difference: { fields: { title: 'Design review' }, conference: 'remove' }, isUnsure: true },
    ],
    [
      'a conference on top',
      { wanted: { ...wanted, conference: true } },
      { kind: 'update', difference: { fields: {}, conference: 'add' }, isUnsure: false },
    ],
    ['a look at a conference that is being made', { conferenceState: 'pending' }, { kind: 'poll' }],
    ['a removal', { desired: 'absent' }, { kind: 'remove' }],
    [
      'a look at what a lost removal may have taken, when it is wanted again',
      { state: 'pending', tried: [null] },
      { kind: 'update', difference: { fields: {} }, isUnsure: true },
    ],
    [
      'what changed, after a look at what a lost removal may have taken',
      { state: 'pending', wanted: titled('New'), tried: [null] },
      { kind: 'update', difference: { fields: { title: 'New' } }, isUnsure: true },
    ],
    [
      'a create by its marker of what may have been taken back',
      { state: 'pending', ...unwritten, attempts: 2, tried: [titled('Old'), null] },
      { kind: 'create', correction: { fields: { title: 'Design review' } } },
    ],
    ['nothing for what was never tried', { desired: 'absent', remoteId: null, agreed: null }, { kind: 'forget' }],
    [
      'taking back what a lost create may have made',
      { desired: 'absent', remoteId: null, agreed: null, attempts: 1 },
      { kind: 'take-back' },
    ],
    ['nothing for what a person deleted, though it is wanted', { state: 'removed' }, { kind: 'rest' }],
  ];
  it.each(cases)('%s', (_, given, plan) => {
    expect(planWrite({ ...written, ...given } satisfies Pick<Placement, keyof Known>)).toEqual(plan);
  });
});

it('notes before a call what may be on the calendar from then on, each once', () => {
  const create = { kind: 'create', correction: null } as const;
  expect(triedBy({ tried: [], wanted }, create)).toEqual([wanted]);
  expect(triedBy({ tried: [wanted], wanted }, create)).toEqual([wanted]);
  expect(triedBy({ tried: [titled('Old')], wanted }, create)).toEqual([titled('Old'), wanted]);
  expect(triedBy({ tried: [titled('Old')], wanted }, { kind: 'remove' })).toEqual([titled('Old'), null]);
  expect(triedBy({ tried: [null], wanted }, { kind: 'take-back' })).toEqual([null]);
  expect(triedBy({ tried: [null], wanted }, { kind: 'poll' })).toEqual([null]);
});

it('looks for a conference after 2, 4, 8 … 60 seconds, and gives up after about an hour', () => {
  expect([0, 1, 2, 5, 40].map(pollAfterMs)).toEqual([2000, 4000, 8000, 60_000, 60_000]);
  expect(pollAfterMs(70)).toBeNull();
});
