import type { EventFields, NewEvent } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { MARKER_PROPERTY } from './outlook-event.ts';
import { outlookWriter } from './outlook-writer.ts';
import type { Answer } from './testing/scripted-graph.ts';
import { ScriptedGraph, refusal } from './testing/scripted-graph.ts';
import { at, guest, plainFields } from './testing/sandbox-mailboxes.ts';

const MARKER = '0123456789abcdef0123456789abcdef';
const TRANSACTION = '01234567-89ab-cdef-0123-456789abcdef';
const MADE = {
  '@odata.etag': 'W/"1"',
  id: 'AAMk=',
  type: 'singleInstance',
  subject: 'Intro call',
  start: { dateTime: '2026-11-23T09:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2026-11-23T10:00:00.0000000', timeZone: 'UTC' },
  transactionId: TRANSACTION,
};

function draft(fields: Partial<EventFields> = {}, more: Partial<NewEvent> = {}): NewEvent {
  return { calendarId: 'AQ=', marker: MARKER, conference: false, notify: 'none', fields: plainFields(fields), ...more };
}

describe('a create', () => {
  it('carries the marker twice, and no member that says nothing', async () => {
    const graph = new ScriptedGraph({ status: 201, body: MADE });
    const time = at('2026-11-23T10:00');
    await outlookWriter(graph.client).create(draft({ time, description: null, location: null }));
    expect(graph.asked).toEqual(['POST /me/calendars/AQ=/events']);
    expect(graph.last.body).toEqual({
      subject: 'Intro call',
      body: { contentType: 'text', content: '' },
      location: { displayName: '' },
      isAllDay: false,
      start: { dateTime: '2026-11-23T10:00:00', timeZone: 'W. Europe Standard Time' },
      end: { dateTime: '2026-11-23T11:00:00', timeZone: 'W. Europe Standard Time' },
      recurrence: null,
      showAs: 'busy',
      sensitivity: 'normal',
      transactionId: TRANSACTION,
      singleValueExtendedProperties: [{ id: MARKER_PROPERTY, value: MARKER }],
    });
  });

  it.each<[string, Answer]>([
    ['409', refusal(409, 'ErrorDuplicateTransactionId')],
    ['400', refusal(400, 'ErrorDuplicateTransactionId')],
    ['a conflict that does not say of what', refusal(409, 'ErrorIrresolvableConflict')],
  ])('F02 finds the first event after %s', async (_name, answer) => {
    const graph = new ScriptedGraph(answer, { body: { value: [MADE] } });
    expect(await outlookWriter(graph.client).create(draft())).toMatchObject({ id: 'AAMk=', marker: MARKER });
    expect(graph.last.url.searchParams.get('$filter')).toBe(
      `singleValueExtendedProperties/Any(ep: ep/id eq '${MARKER_PROPERTY}' and ep/value eq '${MARKER}')`,
    );
  });

  it.each<[string, Answer, string]>([
    ['deleted since', refusal(400, 'ErrorDuplicateTransactionId'), 'marker-of-deleted-event'],
    ['in conflict with something else', refusal(409, 'ErrorIrresolvableConflict'), 'ErrorIrresolvableConflict'],
  ])('F02 does not find an event that is %s', async (_name, answer, reason) => {
    const graph = new ScriptedGraph(
      answer,
      { body: { value: [], '@odata.nextLink': 'https://graph.example/v1.0/next' } },
      { body: { value: [] } },
    );
    await expect(outlookWriter(graph.client).create(draft())).rejects.toMatchObject({ code: 'conflict', reason });
  });

  it('F02 does not take a look that failed for an answer', async () => {
    const graph = new ScriptedGraph(refusal(400, 'ErrorDuplicateTransactionId'), refusal(503, 'serviceNotAvailable'));
    await expect(outlookWriter(graph.client).create(draft())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('F37 asks for nothing before it refuses', async () => {
    const graph = new ScriptedGraph();
    const quiet = outlookWriter(graph.client).create(draft({ attendees: [guest('eve@globex.example')] }));
    await expect(quiet).rejects.toMatchObject({ reason: 'guests-are-always-mailed' });
    expect(graph.calls).toEqual([]);
  });
});

describe('a change', () => {
  const ref = { calendarId: 'AQ=', eventId: 'AA/Mk=' };

  it('F06 is sent on condition, with what changed and without a look where nobody has to be spared', async () => {
    const graph = new ScriptedGraph({ body: MADE });
    await outlookWriter(graph.client).update({ ref, ifVersion: 'W/"1"', fields: { title: 'New', busy: false }, notify: 'all' });
    expect(graph.last.url.pathname).toBe('/v1.0/me/calendars/AQ%3D/events/AA%2FMk%3D');
    expect([graph.last.method, graph.last.headers.get('if-match')]).toEqual(['PATCH', 'W/"1"']);
    expect(graph.last.body).toEqual({ subject: 'New', showAs: 'free' });
  });

  it('looks first where a guest could hear of it, in the same version', async () => {
    const graph = new ScriptedGraph({ body: MADE }, { body: MADE });
    const update = { ref, fields: { title: 'New' }, notify: 'none' } as const;
    await outlookWriter(graph.client).update({ ...update, ifVersion: 'W/"1"' });
    expect(graph.calls.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    const other = outlookWriter(new ScriptedGraph({ body: MADE }).client).update({ ...update, ifVersion: 'W/"0"' });
    await expect(other).rejects.toMatchObject({ code: 'conflict', reason: 'changed-meanwhile' });
  });

  it.each<[string, EventFields['reminders'], object]>([
    ['the default', null, { isReminderOn: true, reminderMinutesBeforeStart: 15 }],
    ['one', { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] }, { isReminderOn: true, reminderMinutesBeforeStart: 5 }],
    ['none', { useDefault: false, overrides: [] }, { isReminderOn: false }],
  ])('has one reminder: %s', async (_name, reminders, body) => {
    const graph = new ScriptedGraph({ body: MADE });
    await outlookWriter(graph.client).update({ ref, ifVersion: 'W/"1"', fields: { reminders }, notify: 'none' });
    expect(graph.last.body).toEqual(body);
  });

  it('does not write back a list of guests that was not told whole', async () => {
    const hidden = { ...MADE, attendees: [{ emailAddress: { name: 'Somebody without an address' } }] };
    const owner = { id: 'AQ=', owner: { address: 'ada@acme.example' } };
    const graph = new ScriptedGraph({ body: hidden }, { body: owner });
    const update = { ref, ifVersion: 'W/"1"', fields: { attendees: [guest('eve@globex.example')] }, notify: 'all' } as const;
    await expect(outlookWriter(graph.client).update(update)).rejects.toMatchObject({
      code: 'invalid-request',
      reason: 'attendees-omitted',
    });
  });

  it('F34 leaves what belongs to the organizer, though Graph would change the copy', async () => {
    const invitation = { ...MADE, isOrganizer: false, organizer: { emailAddress: { address: 'leo@acme.example' } } };
    const graph = new ScriptedGraph({ body: invitation }, { body: { id: 'AQ=', owner: { address: 'ada@acme.example' } } });
    const update = { ref, ifVersion: 'W/"1"', fields: { title: 'mine' }, notify: 'none' } as const;
    await expect(outlookWriter(graph.client).update(update)).rejects.toMatchObject({ code: 'forbidden', reason: 'not-organizer' });
    expect(graph.asked.every((call) => call.startsWith('GET '))).toBe(true);
  });
});
