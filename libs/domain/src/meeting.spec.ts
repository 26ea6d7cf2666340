import { expect, it } from 'vitest';
import { canBecome, claimsTime, isEnded, meetingStatuses } from './meeting.ts';

it('a meeting goes from held over pending to booked, and never back', () => {
  expect(canBecome('held', 'booked')).toBe(true);
  expect(canBecome('pending', 'booked')).toBe(true);
  expect(canBecome('booked', 'cancelled')).toBe(true);
  expect(canBecome('booked', 'held')).toBe(false);
  expect(canBecome('booked', 'expired')).toBe(false);
  expect(canBecome('held', 'declined')).toBe(false);
});

it('what has ended claims no time and cannot become anything', () => {
  const ended = meetingStatuses.filter(isEnded);
  expect(ended).toEqual(['cancelled', 'declined', 'expired']);
  for (const status of meetingStatuses) {
    expect(claimsTime(status)).toBe(!isEnded(status));
    if (isEnded(status)) expect(meetingStatuses.filter((next) => canBecome(status, next))).toEqual([]);
  }
});
