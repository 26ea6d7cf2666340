import { eventExample, exampleId } from '@daymark/api-contract';
import type { Event } from '@daymark/api-contract';
import { describe, expect, it } from 'vitest';
import { mergeCopies } from './merge-copies.ts';

const organizer = { email: 'ada@acme.example', name: 'Ada', self: false };
const copy = (place: number, part: Partial<Event> = {}): Event => ({
  ...eventExample,
  id: exampleId('event', place),
  occurrence_id: exampleId('occurrence', place),
  calendar_id: exampleId('calendar', place),
  title: 'Daily',
  organizer,
  meeting_id: null,
  ...part,
});

describe('copies of an event on several calendars', () => {
  it('are shown once, as the copy of the organiser, with the calendars that it is on', () => {
    const shown = mergeCopies([copy(1), copy(2, { organizer: { ...organizer, self: true } }), copy(3)]);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.event.id).toBe(exampleId('event', 2));
    expect(shown[0]?.calendarIds).toEqual([exampleId('calendar', 1), exampleId('calendar', 2), exampleId('calendar', 3)]);
  });

  it('stay apart when organiser, title or time differ', () => {
    const other = { organizer: { ...organizer, email: 'leo@acme.example' } };
    expect(mergeCopies([copy(1), copy(2, other), copy(3, { title: 'Weekly' }), copy(4, { start: null })])).toHaveLength(4);
  });

  it('stay apart when only busy times are known', () => {
    expect(mergeCopies([copy(1, { title: null }), copy(2, { title: null })])).toHaveLength(2);
  });
});
