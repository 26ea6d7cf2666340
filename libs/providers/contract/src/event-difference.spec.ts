import { parseInstant, parseZone, wallTimeOf } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import type { EventFields } from './calendar-provider.ts';
import { differenceOf, lackOf } from './event-difference.ts';
import type { ProviderEvent } from './provider-event.ts';

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
const wanted = { fields, conference: false };

describe('what changes on an event', () => {
  it('is only what differs', () => {
    expect(differenceOf(wanted, { fields: { ...fields, title: 'New' }, conference: true })).toEqual({
      fields: { title: 'New' },
      conference: 'add',
    });
  });

  it('is nothing when members come in another order', () => {
    const shuffled = Object.fromEntries(Object.entries(fields).toReversed()) as unknown as EventFields;
    expect(differenceOf(wanted, { conference: false, fields: shuffled })).toBeNull();
  });
});

describe('what an event lacks of a change', () => {
  const event = {
    ...fields,
    recurrence: { kind: 'single' },
    attendees: [
      { email: 'ada@corp.example', name: 'Ada', self: true, organizer: true, optional: false, response: 'accepted', resource: false },
      { email: 'Bob@corp.example', name: 'Bob', self: false, organizer: false, optional: false, response: 'accepted', resource: false },
    ],
    conference: null,
  } as unknown as ProviderEvent;

  it('are not the same guests, whatever they answered and the organiser apart', () => {
    expect(lackOf(event, { fields: { title: 'Design review', attendees: fields.attendees }, conference: 'remove' })).toBeNull();
  });

  it('are other guests, another title or a missing link, and nothing else', () => {
    expect(lackOf(event, { fields: { title: 'Design review', attendees: [] } })).toEqual({ fields: { attendees: [] } });
    expect(lackOf(event, { fields: { title: 'Other' }, conference: 'remove' })).toEqual({ fields: { title: 'Other' } });
    expect(lackOf(event, { fields: { title: 'Design review' }, conference: 'add' })).toEqual({ fields: {}, conference: 'add' });
  });
});
