import { describe, expect, it } from 'vitest';
import { addMilliseconds, addMinutes, parseInstant } from '@daymark/domain';
import { checkAtSend } from './check-at-send.ts';
import type { MeetingToCheck, ReminderToCheck } from './check-at-send.ts';

const start = parseInstant('2027-03-30T07:00:00Z');
const meeting: MeetingToCheck = { sequence: 2, start, status: 'booked', recipientEmails: ['Ada@corp.test', 'alan@corp.test'] };

function reminder(leadMinutes: number): ReminderToCheck {
  return { sequence: 2, email: 'ada@corp.test', leadMinutes, dueAt: addMinutes(start, -leadMinutes) };
}

function check(change: Partial<MeetingToCheck> | null, { lead = 60, lateMs = 0 } = {}) {
  const planned = reminder(lead);
  return checkAtSend(planned, { meeting: change === null ? null : { ...meeting, ...change }, now: addMilliseconds(planned.dueAt, lateMs) });
}

const minutes = (count: number) => count * 60_000;

describe('at the moment of sending', () => {
  it('a reminder whose meeting stands is sent', () => {
    expect(check({})).toEqual({ kind: 'send' });
  });

  it('F44 is not sent before its time', () => {
    expect(check({}, { lateMs: -1 })).toEqual({ kind: 'wait' });
  });

  it.each(['cancelled', 'declined', 'expired', 'held', 'pending'] as const)('F44 nothing is sent for a meeting that is %s', (status) => {
    expect(check({ status })).toEqual({ kind: 'void', reason: 'cancelled' });
  });

  it('F44 nothing is sent for a meeting that is gone', () => {
    expect(check(null)).toEqual({ kind: 'void', reason: 'cancelled' });
  });

  it('F44 nothing is sent for the old time of a moved meeting, by its sequence or by its start', () => {
    expect(check({ sequence: 3 })).toEqual({ kind: 'void', reason: 'moved' });
    expect(check({ start: addMinutes(start, 1) })).toEqual({ kind: 'void', reason: 'moved' });
  });

  it('nothing is sent to somebody who is not in the meeting any more', () => {
    expect(check({ recipientEmails: ['alan@corp.test'] })).toEqual({ kind: 'void', reason: 'not-attending' });
  });

  it.each([
    [60, minutes(59), 'send'],
    [60, minutes(60) - 1, 'send'],
    [60, minutes(60), 'skip'],
    [60, minutes(180), 'skip'],
    [1440, minutes(1_439), 'send'],
    [5, minutes(10), 'send'],
    [5, minutes(10) + 1, 'skip'],
    [0, 0, 'send'],
    [0, minutes(10), 'send'],
    [0, minutes(10) + 1, 'skip'],
  ])('F45 with a lead of %i minutes and %i ms late: %s', (lead, lateMs, kind) => {
    expect(check({}, { lead, lateMs }).kind).toBe(kind);
  });
});
