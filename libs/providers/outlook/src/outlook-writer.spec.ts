import { expandSeries, interval, parseInstant, parseZone } from '@daymark/domain';
import type { EventFields, EventRef, EventUpdate, EventWriter, NewEvent, ProviderEvent } from '@daymark/provider-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getOutlookEvent } from './outlook-events.ts';
import { outlookWriter } from './outlook-writer.ts';
import { ADA, KIM, LEO, ROSA, SandboxMailboxes, at, guest, plainFields } from './testing/sandbox-mailboxes.ts';

const MARKER = '0123456789abcdef0123456789abcdef';

let world: SandboxMailboxes;
let writer: EventWriter;
beforeEach(async () => {
  world = await SandboxMailboxes.start();
  writer = outlookWriter(world.client(ADA));
});
afterEach(() => world.sandbox.close());

function draft(more: Partial<EventFields> & Partial<Omit<NewEvent, 'fields'>> = {}): NewEvent {
  const { calendarId = world.calendar(ADA), marker = MARKER, conference = false, notify = 'none', ...fields } = more;
  return { calendarId, marker, conference, notify, fields: plainFields(fields) };
}

function refOf(event: { readonly id: string }): EventRef {
  return { calendarId: world.calendar(ADA), eventId: event.id };
}

async function change(event: ProviderEvent, more: Partial<Omit<EventUpdate, 'ref' | 'ifVersion'>>): Promise<ProviderEvent> {
  return writer.update({ ref: refOf(event), ifVersion: event.version, fields: {}, notify: 'none', ...more });
}

describe('creating', () => {
  it('EVT-04 keeps every field', async () => {
    const fields = {
      visibility: 'private',
      busy: false,
      reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 25 }] },
    } as const;
    const created = await writer.create(draft(fields));
    expect(created).toMatchObject({ title: 'Intro call', description: 'About it', location: 'Here', marker: MARKER, ...fields });
    expect(created.time).toEqual(at('2026-11-23T10:00'));
    expect(world.theEventOf(ADA)).toMatchObject({
      showAs: 'free',
      sensitivity: 'private',
      originalStartTimeZone: 'W. Europe Standard Time',
    });
  });

  it('F15 means the second of two times that a clock shows twice', async () => {
    const end = parseInstant('2026-10-25T02:30:00Z');
    const time = { ...at('2026-10-25T02:30'), start: parseInstant('2026-10-25T01:30:00Z'), end } as EventFields['time'];
    const created = await writer.create(draft({ time }));
    expect(created.time).toMatchObject({ start: parseInstant('2026-10-25T01:30:00Z'), end });
  });

  it('F16 keeps days as days', async () => {
    const time = { kind: 'all-day', startDate: '2026-12-24', endDate: '2026-12-27' } as EventFields['time'];
    expect((await writer.create(draft({ time }))).time).toEqual(time);
    expect(world.theEventOf(ADA)).toMatchObject({ isAllDay: true, start: { dateTime: '2026-12-24T00:00:00.0000000' } });
  });

  it('F02 finds the first event when it is repeated, also when that was changed meanwhile', async () => {
    const first = await writer.create(draft());
    expect((await writer.create(draft())).id).toBe(first.id);
    world.sandbox.microsoft.patchEvent({ as: ADA }, first.id, { subject: 'by hand' });
    expect(await writer.create(draft())).toMatchObject({ id: first.id, title: 'by hand' });
    expect(world.events(ADA)).toHaveLength(1);
  });

  it('F02 asks for another marker when the first event was deleted', async () => {
    const first = await writer.create(draft());
    world.sandbox.microsoft.deleteEvent({ as: ADA }, first.id);
    await expect(writer.create(draft())).rejects.toMatchObject({ code: 'conflict', subject: 'event', reason: 'marker-of-deleted-event' });
    expect(world.events(ADA)).toEqual([]);
  });

  it('F37 is refused where guests would be mailed although nobody asked for it', async () => {
    const refused = { code: 'invalid-request', reason: 'guests-are-always-mailed' };
    await expect(writer.create(draft({ attendees: [guest(ROSA)] }))).rejects.toMatchObject(refused);
    await expect(writer.create(draft({ attendees: [guest(ROSA), guest(LEO)], notify: 'external' }))).rejects.toMatchObject(refused);
    expect([world.events(ADA), world.mails()]).toEqual([[], []]);
    await writer.create(draft({ attendees: [guest(ROSA)], notify: 'external' }));
    expect(world.mails()).toEqual([`invitation ${ROSA}`]);
  });

  it('EVT-07 invites with name and whether they must come', async () => {
    const attendees = [guest(LEO, { name: 'Leo' }), guest(ROSA, { optional: true })];
    const created = await writer.create(draft({ attendees, notify: 'all' }));
    expect(created.attendees).toMatchObject([
      { email: LEO, name: 'Leo', optional: false, response: 'needs-action' },
      { email: ROSA, optional: true },
    ]);
    expect(world.mails()).toEqual([`invitation ${LEO} ${ROSA}`]);
  });

  it.each<[string, Partial<EventFields>, string]>([
    [
      'several reminders',
      { reminders: { useDefault: false, overrides: [1, 2].map((minutes) => ({ method: 'popup', minutes })) } },
      'more-than-one-reminder',
    ],
    ['reminders by mail', { reminders: { useDefault: false, overrides: [{ method: 'email', minutes: 5 }] } }, 'reminders-by-mail'],
    ['rules that it does not know', { recurrence: ['RRULE:FREQ=MONTHLY;BYMONTHDAY=31'] }, 'recurrence-day-missing-in-some-months'],
  ])('refuses %s', async (_name, fields, reason) => {
    const refused = { code: 'invalid-request', reason };
    await expect(writer.create(draft(fields))).rejects.toMatchObject(refused);
    expect(world.events(ADA)).toEqual([]);
  });
});

describe('a series', () => {
  const window = interval(parseInstant('2026-11-01T00:00:00Z'), parseInstant('2027-11-01T00:00:00Z'));

  /** The starts that people see, and those that the rule means. */
  function starts(event: ProviderEvent, time: EventFields['time'], rules: readonly string[]): readonly [unknown, unknown] {
    const seen = world.sandbox.microsoft.instances(world.calendar(ADA), event.id).map(({ start }) => `${start?.dateTime.slice(0, 19)}Z`);
    const meant = expandSeries({ rules, time }, { window, zone: parseZone('UTC'), limit: 500 });
    if (meant.kind === 'unreadable') throw new Error(meant.reason);
    return [
      seen.filter((text) => parseInstant(text) < window.end).map((text) => parseInstant(text)),
      meant.occurrences.map((occurrence) => (occurrence.kind === 'timed' ? occurrence.start : occurrence.startDate)),
    ];
  }

  it.each([
    'RRULE:FREQ=WEEKLY;COUNT=30',
    'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH',
    'RRULE:FREQ=DAILY;UNTIL=20270401T080000Z',
    'RRULE:FREQ=MONTHLY;BYDAY=4MO;COUNT=9',
    'RRULE:FREQ=YEARLY',
  ])('SYN-05 is seen by people as it was meant: %s', async (rule) => {
    const [seen, meant] = starts(await writer.create(draft({ recurrence: [rule] })), at('2026-11-23T10:00'), [rule]);
    expect(seen).toEqual(meant);
  });

  it('SYN-05 moves with its first event, its rule too where that said no more', async () => {
    const created = await writer.create(draft({ recurrence: ['RRULE:FREQ=WEEKLY;COUNT=8'] }));
    const moved = await change(created, { fields: { time: at('2026-11-24T12:00') } });
    const [seen, meant] = starts(moved, at('2026-11-24T12:00'), ['RRULE:FREQ=WEEKLY;COUNT=8']);
    expect(seen).toEqual(meant);
    const both = await change(moved, { fields: { recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=TU,TH'] } });
    const astray = change(both, { fields: { time: at('2026-11-25T12:00') } });
    await expect(astray).rejects.toMatchObject({ code: 'invalid-request', reason: 'recurrence-start-outside-rule' });
  });

  it('SYN-05 becomes a single event', async () => {
    const created = await writer.create(draft({ recurrence: ['RRULE:FREQ=WEEKLY'] }));
    expect((await change(created, { fields: { recurrence: [] } })).recurrence).toEqual({ kind: 'single' });
  });

  it('F39 says why an occurrence cannot be moved beyond its neighbours', async () => {
    const created = await writer.create(draft({ recurrence: ['RRULE:FREQ=DAILY;COUNT=5'] }));
    const [, second] = world.sandbox.microsoft.instances(world.calendar(ADA), created.id, { isImmutable: true });
    const occurrence = await eventOf(second?.id ?? '');
    const later = await change(occurrence, { fields: { time: at('2026-11-24T15:00') } });
    expect(later.recurrence).toMatchObject({ kind: 'exception', seriesId: created.id });
    const beyond = change(later, { fields: { time: at('2026-11-26T10:00') } });
    await expect(beyond).rejects.toMatchObject({ code: 'invalid-request', reason: 'ErrorOccurrenceCrossingBoundary' });
  });
});

describe('changing', () => {
  it('F39 sends what changed and leaves the rest, and clears', async () => {
    const created = await writer.create(draft());
    const renamed = await change(created, { fields: { title: 'New' } });
    expect(renamed).toMatchObject({ title: 'New', description: 'About it', location: 'Here', time: created.time });
    const cleared = await change(renamed, { fields: { title: null, description: null, location: null } });
    expect(cleared).toMatchObject({ title: null, description: null, location: null, time: created.time });
  });

  it('F39 changes nothing when nothing is to be changed', async () => {
    const created = await writer.create(draft());
    expect((await change(created, {})).version).toBe(created.version);
  });

  it('F06 is refused when somebody was faster, whatever is written', async () => {
    const created = await writer.create(draft());
    world.sandbox.microsoft.patchEvent({ as: ADA }, created.id, { subject: 'by hand' });
    const conflict = { code: 'conflict', subject: 'event' };
    for (const fields of [{ title: 'x' }, { busy: false }, { description: 'x' }, { time: at('2026-11-24T10:00') }, {}])
      await expect(change(created, { fields })).rejects.toMatchObject(conflict);
    await expect(change(created, { fields: { title: 'x' }, notify: 'all' })).rejects.toMatchObject(conflict);
    await expect(writer.remove({ ref: refOf(created), ifVersion: created.version, notify: 'all' })).rejects.toMatchObject(conflict);
    await expect(writer.remove({ ref: refOf(created), ifVersion: created.version, notify: 'none' })).rejects.toMatchObject(conflict);
    expect(world.theEventOf(ADA).subject).toBe('by hand');
  });

  it('EVT-07 F39 keeps answers and rooms of guests who stay', async () => {
    const created = await writer.create(draft({ attendees: [guest(LEO), guest(ROSA)], notify: 'all' }));
    const copy = world.sandbox.microsoft.findGuestCopy(LEO, { calendarId: world.calendar(ADA), eventId: created.id }) ?? '';
    world.sandbox.microsoft.respond({ as: LEO }, copy, 'accepted');
    const room = { emailAddress: { address: 'room@acme.example' }, type: 'resource' };
    const attendees = [...(world.theEventOf(ADA).attendees ?? []), room];
    world.sandbox.microsoft.patchEvent({ as: ADA }, created.id, { attendees });
    const wanted = [guest(LEO.toUpperCase()), guest('room@acme.example')];
    const after = await change(await eventOf(created.id), { fields: { attendees: wanted }, notify: 'all' });
    expect(after.attendees).toMatchObject([
      { email: LEO, response: 'accepted', resource: false },
      { email: 'room@acme.example', resource: true },
    ]);
  });

  it('F37 is refused where guests would hear of it, and done where they would not', async () => {
    const created = await writer.create(draft({ attendees: [guest(LEO)], notify: 'all' }));
    const refused = { code: 'invalid-request', reason: 'guests-are-always-mailed' };
    for (const fields of [{ title: 'x' }, { time: at('2026-11-24T10:00') }, { attendees: [] }])
      await expect(change(created, { fields })).rejects.toMatchObject(refused);
    await expect(change(created, { fields: { title: 'x' }, notify: 'external' })).rejects.toMatchObject(refused);
    await expect(writer.remove({ ref: refOf(created), notify: 'none' })).rejects.toMatchObject(refused);
    const quiet = { busy: false, reminders: { useDefault: false, overrides: [] } };
    expect(await change(created, { fields: quiet })).toMatchObject(quiet);
    expect(world.mails()).toEqual([`invitation ${LEO}`]);
    await change(await eventOf(created.id), { fields: { time: at('2026-11-24T10:00') }, notify: 'all' });
    expect(world.mails()).toEqual([`invitation ${LEO}`, `update ${LEO}`]);
  });

  it('F37 is refused when it would bring in the first guest', async () => {
    const created = await writer.create(draft());
    const inviting = change(created, { fields: { attendees: [guest(ROSA)] } });
    await expect(inviting).rejects.toMatchObject({ reason: 'guests-are-always-mailed' });
    expect(world.mails()).toEqual([]);
  });
});

describe('an online meeting', () => {
  it('SCH-03 comes with a link to join', async () => {
    const { conference } = await writer.create(draft({ conference: true }));
    expect(conference).toMatchObject({
      status: 'ready',
      platform: 'Microsoft Teams',
      joinUrl: world.theEventOf(ADA).onlineMeeting?.joinUrl,
    });
  });

  it('SCH-03 is told as failed where the calendar cannot have one, and the event is made', async () => {
    const kim = outlookWriter(world.client(KIM));
    const created = await kim.create(draft({ calendarId: world.calendar(KIM), conference: true }));
    expect(created.conference).toEqual({ status: 'failed', platform: 'Microsoft Teams', joinUrl: null, conferenceId: null });
    const ref = { calendarId: world.calendar(KIM), eventId: created.id };
    const again = await kim.update({ ref, ifVersion: created.version, fields: {}, conference: 'add', notify: 'none' });
    expect(again.conference?.status).toBe('failed');
    expect(world.theEventOf(KIM).isOnlineMeeting).toBe(false);
  });

  it('SCH-03 is added, and stays', async () => {
    const with_ = await change(await writer.create(draft()), { conference: 'add' });
    expect(with_.conference?.status).toBe('ready');
    const removed = change(with_, { conference: 'remove' });
    await expect(removed).rejects.toMatchObject({ code: 'invalid-request', reason: 'online-meeting-stays' });
    expect((await change(with_, { conference: 'add' })).conference).toEqual(with_.conference);
  });

  it('F39 lives on when the description changes', async () => {
    const created = await writer.create(draft({ conference: true }));
    const after = await change(created, { fields: { description: 'Bring <numbers>\n& "more"' } });
    expect(after.conference).toEqual(created.conference);
    expect(after.description).toContain('Bring <numbers>\n& "more"');
    expect(after.description).not.toContain('About it');
  });
});

describe('deleting', () => {
  it('EVT-06 tells guests, with the comment', async () => {
    const created = await writer.create(draft({ attendees: [guest(LEO)], notify: 'all' }));
    await writer.remove({ ref: refOf(created), ifVersion: created.version, notify: 'all', comment: 'I am ill' });
    expect(world.mails()).toEqual([`invitation ${LEO}`, `cancellation ${LEO}`]);
    expect(world.sandbox.microsoft.mails().at(-1)?.comment).toBe('I am ill');
    expect(world.events(ADA)).toEqual([]);
  });

  it('EVT-06 takes a comment that nobody gets to read', async () => {
    const created = await writer.create(draft());
    await writer.remove({ ref: refOf(created), ifVersion: created.version, notify: 'none', comment: 'I am ill' });
    expect([world.events(ADA), world.mails()]).toEqual([[], []]);
  });

  it('F06 finds it done, whoever did it', async () => {
    const created = await writer.create(draft());
    const deletion = { ref: refOf(created), ifVersion: created.version } as const;
    for (const notify of ['none', 'all', 'none'] as const) await writer.remove({ ...deletion, notify });
    await writer.remove({ ...deletion, notify: 'all', comment: 'late' });
    await writer.remove({ ref: { ...deletion.ref, eventId: 'neverwasthere' }, notify: 'none' });
    expect(world.events(ADA)).toEqual([]);
  });

  it('F35 says when the calendar is out of reach', async () => {
    const { id: calendarId } = world.sandbox.microsoft.addCalendar(ADA, { name: 'Side' });
    const created = await writer.create(draft({ calendarId }));
    world.sandbox.microsoft.deleteCalendar(calendarId);
    const ref = { calendarId, eventId: created.id };
    const lost = { code: 'not-found', subject: 'calendar' };
    await expect(writer.remove({ ref, notify: 'none' })).rejects.toMatchObject(lost);
    await expect(writer.update({ ref, ifVersion: created.version, fields: { title: 'x' }, notify: 'all' })).rejects.toMatchObject(lost);
    await expect(writer.create(draft({ calendarId, marker: 'f'.repeat(32) }))).rejects.toMatchObject(lost);
  });

  it('a guest takes the own copy off without a word', async () => {
    const event = world.sandbox.microsoft.createEvent(
      { as: LEO, isImmutable: true },
      {
        subject: 'Theirs',
        start: { dateTime: '2026-11-23T10:00:00', timeZone: 'UTC' },
        end: { dateTime: '2026-11-23T11:00:00', timeZone: 'UTC' },
        attendees: [{ emailAddress: { address: ADA } }, { emailAddress: { address: ROSA } }],
      },
    );
    world.sandbox.microsoft.clearMails();
    const ids = { calendarId: world.calendar(LEO), eventId: event.id };
    const copy = world.sandbox.microsoft.findGuestCopy(ADA, ids, { isImmutable: true }) ?? '';
    await writer.remove({ ref: { calendarId: world.calendar(ADA), eventId: copy }, notify: 'none' });
    expect([world.events(ADA), world.mails()]).toEqual([[], []]);
  });
});

async function eventOf(eventId: string): Promise<ProviderEvent> {
  const event = await getOutlookEvent(world.client(ADA), { calendarId: world.calendar(ADA), eventId });
  if (event === null) throw new Error('expected an event');
  return event;
}
