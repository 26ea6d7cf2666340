import { describe, expect, it } from 'vitest';
import { instant, type Uuid, type ZoneId } from '@daymark/domain';
import { standingOf, type MailToCheck } from './mail-standing.ts';
import type { MeetingFacts } from './meeting-facts.ts';

const now = instant(1_800_000_000_000);
const guest = {
  email: 'Lena@customer.example',
  name: null,
  kind: 'guest',
  isOptional: false,
  response: 'needs-action',
  userId: null,
  zone: null,
  locale: null,
} as const;

function meeting(given: Partial<MeetingFacts> = {}): MeetingFacts {
  return {
    id: 'a' as Uuid,
    tenantId: 't' as Uuid,
    status: 'booked',
    title: 'Demo',
    description: null,
    location: null,
    start: instant(now + 3_600_000),
    end: instant(now + 7_200_000),
    zone: 'UTC' as ZoneId,
    sequence: 1,
    conference: null,
    reminderMinutes: [],
    preparation: [],
    placedUid: 'uid',
    isPlacementAwaited: false,
    attendees: [guest],
    ...given,
  };
}

function mail(given: Partial<MailToCheck> = {}): MailToCheck {
  return {
    kind: 'confirmation',
    sequence: 1,
    recipient: 'lena@customer.example',
    waitUntil: instant(now + 30_000),
    createdAt: instant(now - 30_000),
    ...given,
  };
}

const awaited = { conference: { status: 'pending', join_url: null } } as const;
const ready = { conference: { status: 'ready', join_url: 'https://meet.example/abc' } } as const;

describe('a mail about a meeting', () => {
  it('is sent while it says what is true', () => {
    expect(standingOf(mail(), { meeting: meeting(), now })).toEqual({ kind: 'send' });
  });

  it.each([
    ['the meeting is gone', null, 'cancelled'],
    ['it was cancelled', meeting({ status: 'cancelled' }), 'cancelled'],
    ['it was moved', meeting({ sequence: 2 }), 'moved'],
    ['the person was taken off', meeting({ attendees: [] }), 'not-attending'],
  ] as const)('F44 is void when %s', (_, at, reason) => {
    expect(standingOf(mail(), { meeting: at, now })).toEqual({ kind: 'void', reason });
    expect(standingOf(mail({ kind: 'rescheduled' }), { meeting: at, now })).toEqual({ kind: 'void', reason });
    expect(standingOf(mail({ kind: 'link-followup' }), { meeting: at, now })).toEqual({ kind: 'void', reason });
  });

  it('waits for link and event, but no longer than it may', () => {
    expect(standingOf(mail(), { meeting: meeting(awaited), now })).toEqual({ kind: 'wait', until: now + 2000 });
    expect(standingOf(mail(), { meeting: meeting({ isPlacementAwaited: true, placedUid: null }), now })).toMatchObject({ kind: 'wait' });
    expect(standingOf(mail({ waitUntil: instant(now + 500) }), { meeting: meeting(awaited), now })).toEqual({
      kind: 'wait',
      until: now + 500,
    });
    expect(standingOf(mail({ waitUntil: now }), { meeting: meeting(awaited), now })).toEqual({ kind: 'send' });
    expect(standingOf(mail(), { meeting: meeting(ready), now })).toEqual({ kind: 'send' });
    expect(standingOf(mail(), { meeting: meeting({ conference: { status: 'failed', join_url: null } }), now })).toEqual({ kind: 'send' });
  });

  it('brings the link later, or nothing when none comes before the end', () => {
    const later = mail({ kind: 'link-followup', waitUntil: null });
    expect(standingOf(later, { meeting: meeting(awaited), now })).toMatchObject({ kind: 'wait' });
    expect(standingOf(later, { meeting: meeting(ready), now })).toEqual({ kind: 'send' });
    expect(standingOf(later, { meeting: meeting({ conference: { status: 'failed', join_url: null } }), now })).toEqual({
      kind: 'void',
      reason: 'not-needed',
    });
    expect(standingOf(later, { meeting: meeting({ ...ready, end: now }), now })).toEqual({ kind: 'void', reason: 'not-needed' });
  });

  it('tells of a cancel only while it is one, and of a removal only while it holds', () => {
    expect(standingOf(mail({ kind: 'cancelled' }), { meeting: meeting({ status: 'cancelled' }), now })).toEqual({ kind: 'send' });
    expect(standingOf(mail({ kind: 'cancelled' }), { meeting: meeting(), now })).toMatchObject({ kind: 'void' });
    expect(standingOf(mail({ kind: 'uninvited' }), { meeting: meeting({ attendees: [] }), now })).toEqual({ kind: 'send' });
    expect(standingOf(mail({ kind: 'uninvited' }), { meeting: meeting(), now })).toMatchObject({ kind: 'void' });
    expect(standingOf(mail({ kind: 'uninvited' }), { meeting: meeting({ status: 'cancelled', attendees: [] }), now })).toMatchObject({
      kind: 'void',
    });
  });
});
