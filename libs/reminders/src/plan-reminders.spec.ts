import { describe, expect, it } from 'vitest';
import { formatInstant, instant, MINUTE_MS, parseInstant, parseWallTime, parseZone } from '@daymark/domain';
import { messageIdOf } from './message-id.ts';
import { planReminders, reconcileReminders, sequenceAfter } from './plan-reminders.ts';
import type { MeetingTiming, PlannedMeeting, PlannedReminder, ReminderRecipient, StoredReminder } from './plan-reminders.ts';

const meeting: PlannedMeeting = { id: 'mtg_1', sequence: 0, start: parseInstant('2027-03-30T07:00:00Z'), status: 'booked' };
const ada: ReminderRecipient = { email: 'ada@corp.test', name: 'Ada', zone: parseZone('Europe/Berlin'), locale: 'en' };
const alan: ReminderRecipient = { ...ada, email: 'alan@corp.test' };
const weekBefore = parseInstant('2027-03-23T07:00:00Z');

function plan(
  change: Partial<PlannedMeeting> = {},
  rest: { recipients?: ReminderRecipient[]; leadMinutes?: number[]; now?: typeof weekBefore } = {},
): PlannedReminder[] {
  return planReminders({
    meeting: { ...meeting, ...change },
    recipients: rest.recipients ?? [ada],
    leadMinutes: rest.leadMinutes ?? [1440, 60, 10],
    now: rest.now ?? weekBefore,
  });
}

function stored(rows: PlannedReminder[], state: StoredReminder['state'] = 'planned'): StoredReminder[] {
  return rows.map((row) => ({ id: `rem ${row.key}`, key: row.key, sequence: row.sequence, state }));
}

describe('a plan', () => {
  it('has one reminder for each lead time, at its time', () => {
    expect(plan().map((row) => [row.leadMinutes, formatInstant(row.dueAt), row.state])).toEqual([
      [1440, '2027-03-29T07:00:00Z', 'planned'],
      [60, '2027-03-30T06:00:00Z', 'planned'],
      [10, '2027-03-30T06:50:00Z', 'planned'],
    ]);
  });

  it('F44 records lead times that are already past as skipped instead of sending all at booking', () => {
    const rows = plan({}, { now: parseInstant('2027-03-30T06:00:00Z') });
    expect(rows.map((row) => [row.leadMinutes, row.state, row.reason])).toEqual([
      [1440, 'skipped', 'past-at-planning'],
      [60, 'planned', null],
      [10, 'planned', null],
    ]);
  });

  it('F45 has one row per person and lead time, also when people or lead times come twice', () => {
    const rows = plan({}, { recipients: [ada, alan, { ...ada, email: ' ADA@corp.test' }], leadMinutes: [10, 60, 10] });
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.key)).size).toBe(4);
  });

  it.each(['held', 'pending', 'cancelled', 'declined', 'expired'] as const)('F44 of a %s meeting is empty', (status) => {
    expect(plan({ status })).toEqual([]);
  });

  it.each([-1, 0.5, Number.NaN])('refuses %s minutes', (lead) => {
    expect(() => plan({}, { leadMinutes: [lead] })).toThrow(RangeError);
  });

  it('F44 of 10,000 reminders gives each its own key', () => {
    const recipients = Array.from({ length: 2_500 }, (_, index) => ({ ...ada, email: `p${index}@corp.test` }));
    expect(new Set(plan({}, { recipients, leadMinutes: [0, 10, 60, 1440] }).map((row) => row.key)).size).toBe(10_000);
  });
});

describe('a new plan', () => {
  it('changes nothing when the same comes out again, after a change of title for example', () => {
    expect(reconcileReminders(stored(plan()), plan({}, { now: parseInstant('2027-03-30T06:30:00Z') }))).toEqual({ insert: [], void: [] });
  });

  it('F44 after a move voids the open rows of the old time and adds those of the new one', () => {
    const old = stored(plan());
    const moved = plan({ sequence: 1, start: parseInstant('2027-03-31T07:00:00Z') });
    expect(reconcileReminders(old, moved)).toEqual({ insert: moved, void: old.map(({ id }) => ({ id, reason: 'moved' })) });
  });

  it('leaves alone what was sent or is being sent', () => {
    expect(reconcileReminders([...stored(plan(), 'sent'), ...stored(plan({ sequence: 5 }), 'sending')], []).void).toEqual([]);
  });

  it('voids the rows of a person who was removed, and of a lead time that nobody wants any more', () => {
    const before = stored(plan({}, { recipients: [ada, alan], leadMinutes: [60, 10] }));
    const change = reconcileReminders(before, plan({}, { recipients: [ada], leadMinutes: [60, 5] }));
    expect(change.insert.map((row) => row.leadMinutes)).toEqual([5]);
    expect(change.void).toHaveLength(3);
    expect(new Set(change.void.map((row) => row.reason))).toEqual(new Set(['not-wanted']));
  });
});

describe('the sequence of a meeting', () => {
  const before: MeetingTiming = { start: instant(0), end: instant(60 * MINUTE_MS), series: null };
  const series = { startWall: parseWallTime('2027-03-30T09:00:00'), zone: parseZone('Europe/Berlin'), rules: ['RRULE:FREQ=DAILY'] };

  it.each<[string, MeetingTiming, number]>([
    ['nothing', before, 3],
    ['its start', { ...before, start: instant(MINUTE_MS) }, 4],
    ['its end', { ...before, end: instant(MINUTE_MS) }, 4],
    ['its recurrence', { ...before, series }, 4],
  ])('F46 after a change of %s', (_what, after, expected) => {
    expect(sequenceAfter(3, { before, after })).toBe(expected);
  });

  it('F46 grows when a series changes its rules or zone', () => {
    const recurring = { ...before, series };
    expect(sequenceAfter(0, { before: recurring, after: { ...before, series: { ...series, rules: ['RRULE:FREQ=WEEKLY'] } } })).toBe(1);
    expect(sequenceAfter(0, { before: recurring, after: { ...before, series: { ...series, zone: parseZone('Asia/Kolkata') } } })).toBe(1);
    expect(sequenceAfter(0, { before: recurring, after: { ...before, series: { ...series } } })).toBe(0);
  });
});

describe('a Message-ID', () => {
  it('is the same for the same key, another for another, and does not show the address', () => {
    const [first, second] = plan({}, { leadMinutes: [60, 10] });
    const id = messageIdOf(first?.key ?? '', 'mail.day.test');
    expect(id).toMatch(/^<[0-9a-f]{40}@mail\.day\.test>$/);
    expect(messageIdOf(first?.key ?? '', 'mail.day.test')).toBe(id);
    expect(messageIdOf(second?.key ?? '', 'mail.day.test')).not.toBe(id);
  });

  it.each(['', 'a b', 'x>\r\nBcc: y', '-x.test'])('F50 is not made with %j for a domain', (domain) => {
    expect(() => messageIdOf('key', domain)).toThrow(RangeError);
  });
});
