import { describe, expect, it } from 'vitest';
import type { Person } from '../slot-request.ts';
import { blocked, kinds } from '../testing/rule-cases.ts';
import { busyAt, claimsAt, minutes, person, span } from '../testing/sample-request.ts';
import { busyRule } from './busy.ts';

const day = span('2027-03-08T00:00Z', '2027-03-09T00:00Z');
const now = '2027-03-07T00:00Z';
const ten = ['2027-03-08T10:00Z', '2027-03-08T11:00Z'] as const;
const buffers = { beforeMs: minutes(10), afterMs: minutes(5) };
const candidate = (from: string, to: string) => span(`2027-03-08T${from}Z`, `2027-03-08T${to}Z`);

describe('busy', () => {
  it.each<[string, Partial<Person>, string[]]>([
    ['nothing on', {}, []],
    ['an event, no buffers', { busy: busyAt(ten) }, ['2027-03-08T10:00 2027-03-08T11:00']],
    ['an event keeps the candidate’s own buffers', { busy: busyAt(ten), buffers }, ['2027-03-08T09:55 2027-03-08T11:10']],
    ['a claim keeps its own buffers', { claims: claimsAt([...ten, 20, 30]) }, ['2027-03-08T09:40 2027-03-08T11:30']],
    ['a claim keeps the larger on each side', { claims: claimsAt([...ten, 3, 30]), buffers }, ['2027-03-08T09:55 2027-03-08T11:30']],
    [
      'events that overlap, in any order',
      { busy: busyAt(['2027-03-08T12:00Z', '2027-03-08T13:00Z'], ten, ['2027-03-08T10:30Z', '2027-03-08T12:00Z']) },
      ['2027-03-08T10:00 2027-03-08T13:00'],
    ],
    [
      'a long event under short ones',
      { busy: busyAt(['2027-03-08T08:00Z', '2027-03-08T20:00Z'], ten, ['2027-03-08T19:00Z', '2027-03-08T21:00Z']) },
      ['2027-03-08T08:00 2027-03-08T21:00'],
    ],
    [
      'events and claims together',
      { busy: busyAt(ten), claims: claimsAt(['2027-03-08T11:00Z', '2027-03-08T12:00Z']) },
      ['2027-03-08T10:00 2027-03-08T12:00'],
    ],
    ['an event of no length', { busy: busyAt(['2027-03-08T10:00Z', '2027-03-08T10:00Z']), buffers }, []],
    [
      'a buffer that reaches in from outside',
      { busy: busyAt(['2027-03-07T23:00Z', '2027-03-07T23:55Z']), buffers },
      ['2027-03-07T22:55 2027-03-08T00:05'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(blocked(busyRule, person('a', changes), { now, span: day })).toEqual(expected);
  });

  it.each<[string, Partial<Person>, readonly [string, string], string[]]>([
    ['right before an event', { busy: busyAt(ten) }, ['09:30', '10:00'], []],
    ['across its start', { busy: busyAt(ten) }, ['09:31', '10:01'], ['overlap']],
    ['its own buffer after is too short', { busy: busyAt(ten), buffers }, ['09:30', '09:56'], ['buffer_after']],
    ['its own buffer before is too short', { busy: busyAt(ten), buffers }, ['11:09', '11:30'], ['buffer_before']],
    ['both buffers just fit', { busy: busyAt(ten), buffers }, ['11:10', '11:30'], []],
    ['the buffer after the meeting before', { claims: claimsAt([...ten, 0, 15]) }, ['11:00', '11:15'], ['buffer_after']],
    ['the buffer before the next meeting', { claims: claimsAt([...ten, 15, 0]) }, ['09:30', '10:00'], ['buffer_before']],
  ])('names %s', (_, changes, [from, to], expected) => {
    expect(kinds(busyRule, person('a', changes), { now, candidate: candidate(from, to) })).toEqual(expected);
  });

  it('AVL-06 a buffer of 15 after one meeting and 10 before the next come to 15, not 25', () => {
    const after = person('a', {
      claims: claimsAt(['2027-03-08T09:00Z', '2027-03-08T10:00Z', 0, 15]),
      buffers: { beforeMs: minutes(10), afterMs: 0 },
    });
    expect(kinds(busyRule, after, { now, candidate: candidate('10:14', '10:44') })).toEqual(['buffer_after']);
    expect(kinds(busyRule, after, { now, candidate: candidate('10:15', '10:45') })).toEqual([]);
  });

  it.each<[string, Partial<Person>]>([
    ['an event that ends before it starts', { busy: busyAt(['2027-03-08T11:00Z', '2027-03-08T10:00Z']) }],
    ['an event without a time', { busy: { ...busyAt(ten), starts: Float64Array.of(Number.NaN) } }],
    ['a claim without an end', { claims: { ...claimsAt(ten), ends: Float64Array.of(Number.NaN) } }],
  ])('F42 refuses to answer rather than take %s for free', (_, changes) => {
    expect(() => blocked(busyRule, person('a', changes), { now, span: day })).toThrow(RangeError);
  });
});
