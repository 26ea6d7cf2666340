import { describe, expect, it } from 'vitest';
import { changedConference, conferenceOf } from './conference.ts';

const meet = { name: 'Work', conferenceTypes: ['hangoutsMeet'] };
const plain = { name: 'Old', conferenceTypes: [] };
const ready = { status: 'ready', platform: 'Google Meet', join_url: 'https://meet.example/abc', required: false } as const;
const pending = { status: 'pending', platform: null, join_url: null, required: false } as const;
const failed = { ...pending, status: 'failed', failure: { message: 'No.', at: '2027-03-07T09:14:00Z' } } as const;

describe('a conference that is asked for', () => {
  it('is refused where it is required and the calendar offers none, and left out where it is not', () => {
    expect(() => conferenceOf({ required: true }, plain)).toThrow('Old offers no online meetings');
    expect(() => conferenceOf({ required: true }, null)).toThrow('on no calendar');
    expect(conferenceOf({ required: false }, plain)).toBeNull();
  });

  it('of a meeting without one, or whose one failed, is asked for at the service', () => {
    for (const before of [null, failed])
      expect(changedConference(before, { asked: { required: true }, offer: meet })).toEqual({
        stored: { ...pending, required: true },
        wanted: true,
      });
  });

  it('keeps the one that is there or on its way', () => {
    for (const before of [ready, pending])
      expect(changedConference(before, { asked: { required: true }, offer: meet })).toEqual({ stored: { ...before, required: true } });
  });

  it('is taken away by null, and left alone by silence', () => {
    expect(changedConference(ready, { asked: null, offer: meet })).toEqual({ stored: null, wanted: false });
    expect(changedConference(null, { asked: null, offer: meet })).toEqual({});
    expect(changedConference(ready, { asked: undefined, offer: meet })).toEqual({});
  });
});
