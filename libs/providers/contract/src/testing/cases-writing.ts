import { expect } from 'vitest';
import type { EventFields, EventUpdate } from '../calendar-provider.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { group } from './case-group.ts';
import { expectSame } from './compare.ts';
import { Copy } from './copy.ts';
import type { HeldEvent } from './provider-world.ts';
import type { Scene } from './scene.ts';
import { eventAt, markerOf, timed, writerOf } from './scene.ts';

/** A value for each field that differs from the plain one, and one that clears it where it can be cleared. */
const values: readonly (readonly [field: keyof EventFields, set: Partial<EventFields>, cleared: Partial<EventFields> | null])[] = [
  ['title', { title: 'Another title' }, { title: null }],
  ['description', { description: 'Line one\nLine two ✓' }, { description: null }],
  ['location', { location: 'Somewhere else' }, { location: null }],
  ['busy', { busy: false }, { busy: true }],
  ['visibility', { visibility: 'private' }, { visibility: 'default' }],
  ['reminders', { reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 25 }] } }, { reminders: null }],
];

export const writeCases = group('writes', ['write'], (test) => {
  test('EVT-04 SYN-09 comes back as it was written, and is held like that', async (scene) => {
    const session = await scene.session();
    const created = await writerOf(session).create(scene.draft(1));
    const { recurrence: _single, reminders: _default, ...fields } = scene.draft(1).fields;
    const { owner } = scene.world.people;
    expect(created).toMatchObject({ ...fields, marker: markerOf(1), recurrence: { kind: 'single' }, readOnlyReason: null });
    expect(created.organizer).toMatchObject({ email: owner.email, self: true });
    expectSame([created], await scene.world.holds.events(scene.calendarId));
  });

  test('SYN-09 is found again with its marker, by its id and among the changes', async (scene) => {
    const session = await scene.session();
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    const created = await writerOf(session).create(scene.draft(1));
    await copy.read(session);
    const alone = await eventAt(session, { calendarId: scene.calendarId, eventId: created.id });
    expect([alone.marker, copy.events.get(created.id)?.marker]).toEqual([markerOf(1), markerOf(1)]);
    expect([alone.version, copy.events.get(created.id)?.version]).toEqual([created.version, created.version]);
  });

  for (const [field, set, cleared] of values) {
    test.needs(`field:${field}`)(`EVT-04 writes the ${field} of a new event`, async (scene) => {
      const created = await writerOf(await scene.session()).create(scene.draft(1, set));
      expect(created).toMatchObject(set);
      expectSame([created], await scene.world.holds.events(scene.calendarId));
    });

    test.needs(`field:${field}`)(`F39 EVT-05 changes the ${field} and nothing else, and back again`, async (scene) => {
      const session = await scene.session();
      const event = await scene.seed('by hand', 1, { description: 'old', location: 'old' });
      await expectOnlyChanged(scene, { eventId: event.eventId, fields: set }, await eventAt(session, event));
      if (cleared !== null) await expectOnlyChanged(scene, { eventId: event.eventId, fields: cleared }, await eventAt(session, event));
    });
  }

  test('F39 EVT-05 moves an event and changes nothing else', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('by hand', 1, { description: 'old', attendees: guests(scene), visibility: 'private' });
    await expectOnlyChanged(scene, { eventId: event.eventId, fields: { time: timed(7) } }, await eventAt(session, event));
  });

  test('F39 leaves an event as it is when nothing is to be changed', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('by hand', 1, { description: 'old', attendees: guests(scene) });
    const before = await scene.world.holds.events(scene.calendarId);
    const { version } = await eventAt(session, event);
    await writerOf(session).update({ ref: event, ifVersion: version, fields: {}, notify: 'all' });
    expect(await scene.world.holds.events(scene.calendarId)).toEqual(before);
  });

  test('F39 changes a series and leaves its rule and its exceptions', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('series', 1, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
    await scene.world.acts.changeOccurrence(event, { kind: 'timed', at: timedStart(1 + 168) }, { title: 'exception' });
    const { rules } = await scene.held('series');
    const { version } = await eventAt(session, event);
    await writerOf(session).update({ ref: event, ifVersion: version, fields: { description: 'new' }, notify: 'none' });
    expect(await scene.titles()).toEqual(['exception', 'series']);
    expect((await scene.held('series')).rules).toEqual(rules);
  });

  test('EVT-07 F39 adds and removes guests and keeps what the others answered', async (scene) => {
    const { colleague, outsider } = scene.world.people;
    const session = await scene.session();
    const event = await scene.seed('party', 1, { attendees: [{ email: colleague.email, name: null, optional: false }] });
    await scene.world.acts.colleagueResponds(event, 'accepted');
    const write = async (attendees: EventFields['attendees']) => {
      const { version } = await eventAt(session, event);
      return writerOf(session).update({ ref: event, ifVersion: version, fields: { attendees }, notify: 'all' });
    };
    const staying = { email: colleague.email.toUpperCase(), name: null, optional: false };
    await write([staying, { email: outsider.email, name: 'Eve', optional: true }]);
    expect((await scene.held('party')).guests).toEqual(
      expect.arrayContaining([
        { email: colleague.email, response: 'accepted', optional: false },
        { email: outsider.email, response: 'needs-action', optional: true },
      ]),
    );
    await write([{ ...staying, email: colleague.email }]);
    expect((await scene.held('party')).guests).toMatchObject([{ email: colleague.email, response: 'accepted' }]);
    await write([]);
    expect((await scene.held('party')).guests).toEqual([]);
  });

  test('F50 writes hostile text as text', async (scene) => {
    const text = '<img src=x onerror=alert(1)> "quoted" \\n {{7*7}} &amp; 🎉';
    const created = await writerOf(await scene.session()).create(scene.draft(1, { title: text, description: text, location: text }));
    expect([created.title, created.location]).toEqual([text, text]);
    expect(await scene.titles()).toEqual([text]);
  });

  test('EVT-06 deletes, and people no longer see it', async (scene) => {
    const session = await scene.session();
    const created = await writerOf(session).create(scene.draft(1));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    await writerOf(session).remove({ ref, ifVersion: created.version, notify: 'none' });
    expect([await scene.titles(), await session.getEvent(ref)]).toEqual([[], null]);
  });

  test('writes to the calendar that is named', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    const session = await scene.session();
    const created = await writerOf(session).create(scene.draft(1, { calendarId: side }));
    expect([await scene.titles(), await scene.titles(side)]).toEqual([[], [created.title]]);
  });

  test('F35 says that the calendar is gone, whatever is to be written', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    const event = await scene.seed('lost', 1, { calendarId: side });
    const session = await scene.session();
    const { version } = await eventAt(session, event);
    await scene.world.acts.removeCalendar(side);
    const gone = { code: 'not-found', subject: 'calendar' };
    const change = { ref: event, ifVersion: version, notify: 'none' } as const;
    await expect(writerOf(session).create(scene.draft(1, { calendarId: side }))).rejects.toMatchObject(gone);
    await expect(writerOf(session).update({ ...change, fields: { title: 'x' } })).rejects.toMatchObject(gone);
    await expect(writerOf(session).remove(change)).rejects.toMatchObject(gone);
  });

  test('says that the event is gone when it is to be changed', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('gone', 1);
    const { version } = await eventAt(session, event);
    await scene.world.acts.remove(event);
    const update = { ref: event, ifVersion: version, fields: { title: 'x' }, notify: 'none' } as const;
    await expect(writerOf(session).update(update)).rejects.toMatchObject({ code: 'not-found', subject: 'event' });
    const guestsToo = { ...update, fields: { attendees: guests(scene) }, notify: 'all' } as const;
    await expect(writerOf(session).update(guestsToo)).rejects.toMatchObject({ code: 'not-found', subject: 'event' });
    expect(await scene.titles()).toEqual([]);
  });

  test.needs('share:reader')('F34 is refused by a calendar that may only be read, and the rest goes on', async (scene) => {
    const { calendarId } = scene.world.people.colleague;
    const event = await scene.seed('theirs', 1, { calendarId });
    await scene.world.acts.share('reader');
    const session = await scene.session();
    const { version } = await eventAt(session, event);
    const change = { ref: event, ifVersion: version, notify: 'none' } as const;
    const refused = { code: 'forbidden', subject: 'calendar' };
    await expect(writerOf(session).create(scene.draft(1, { calendarId }))).rejects.toMatchObject(refused);
    await expect(writerOf(session).update({ ...change, fields: { title: 'mine' } })).rejects.toMatchObject(refused);
    await expect(writerOf(session).remove(change)).rejects.toMatchObject(refused);
    expect(await scene.titles(calendarId)).toEqual(['theirs']);
    await writerOf(session).create(scene.draft(2));
  });

  test.needs('share:writer')('writes to a calendar of somebody else that may be written', async (scene) => {
    const { calendarId } = scene.world.people.colleague;
    await scene.world.acts.share('writer');
    const created = await writerOf(await scene.session()).create(scene.draft(1, { calendarId }));
    expect(await scene.titles(calendarId)).toEqual([created.title]);
  });
});

function guests({ world }: Scene): EventFields['attendees'] {
  return [world.people.colleague, world.people.outsider].map(({ email }) => ({ email, name: null, optional: false }));
}

function timedStart(hours: number) {
  const time = timed(hours);
  if (time.kind !== 'timed') throw new Error('expected a timed one');
  return time.start;
}

/** Writes, and compares everything else that the service holds of the event before and after. */
async function expectOnlyChanged(
  scene: Scene,
  change: { readonly eventId: string; readonly fields: Partial<EventFields> },
  seen: ProviderEvent,
): Promise<void> {
  const ref = { calendarId: scene.calendarId, eventId: change.eventId };
  const before = await heldById(scene, change.eventId);
  const update: EventUpdate = { ref, ifVersion: seen.version, fields: change.fields, notify: 'all' };
  const after = await writerOf(await scene.session()).update(update);
  const now = await heldById(scene, change.eventId);
  expect(after.version).not.toBe(seen.version);
  expectSame([after], [now]);
  const touched = new Set<string>(Object.keys(change.fields).map((field) => (field === 'reminders' ? 'reminderMinutes' : field)));
  const rest = (event: HeldEvent) => Object.fromEntries(Object.entries(event).filter(([name]) => !touched.has(name)));
  expect(rest(now)).toEqual(rest(before));
  for (const name of touched) expect(now[name as keyof HeldEvent], name).not.toEqual(before[name as keyof HeldEvent]);
}

async function heldById(scene: Scene, eventId: string): Promise<HeldEvent> {
  const found = (await scene.world.holds.events(scene.calendarId)).find((event) => event.id === eventId);
  if (found === undefined) throw new Error('the service does not hold it');
  return found;
}
