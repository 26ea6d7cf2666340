import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphBody, GraphWorld } from '../testing/graph-caller.ts';
import { graphCaller, guests, meeting, repeating, startGraphWorld } from '../testing/graph-caller.ts';
import type { MicrosoftEvent } from './microsoft-types.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.sandbox.close());

const WINDOW = 'startDateTime=2026-11-20&endDateTime=2026-12-20';

async function invite(more: Readonly<Record<string, unknown>> = {}): Promise<GraphBody & { id: string }> {
  const { body } = await world.ada('POST', 'me/events', {
    body: meeting('2026-11-23', '10:00', { ...guests('leo@acme.example', 'guest@else.example'), ...more }),
  });
  return { ...body, id: body.id ?? '' };
}

async function leosEvents(): Promise<readonly MicrosoftEvent[]> {
  return (await world.leo('GET', 'me/events')).body.value ?? [];
}

function mails(): unknown[] {
  return world.sandbox.microsoft.mails().map(({ kind, to }) => [kind, to]);
}

describe('an invitation', () => {
  it('reaches the guest’s own calendar with an id of its own and the same uid, and is mailed at once', async () => {
    const made = await invite();
    const [copy] = await leosEvents();
    expect(copy?.id).not.toBe(made.id);
    expect(copy).toMatchObject({
      iCalUId: made.iCalUId,
      isOrganizer: false,
      showAs: 'tentative',
      responseStatus: { response: 'notResponded' },
      organizer: { emailAddress: { address: 'ada@acme.example' } },
    });
    expect(made.attendees?.map(({ status }) => status.response)).toEqual(['none', 'none']);
    expect(mails()).toEqual([['invitation', ['leo@acme.example', 'guest@else.example']]]);
  });

  it('to a hidden list shows each guest only themselves', async () => {
    await invite({ hideAttendees: true });
    const [copy] = await leosEvents();
    expect(copy?.attendees?.map(({ emailAddress }) => emailAddress.address)).toEqual(['leo@acme.example']);
  });

  it('follows the organizer’s changes; what is private to the copy stays', async () => {
    const made = await invite();
    const [copy] = await leosEvents();
    await world.leo('PATCH', `me/events/${copy?.id ?? ''}`, { body: { categories: ['Mine'], reminderMinutesBeforeStart: 60 } });
    await world.ada('PATCH', `me/events/${made.id}`, { body: { subject: 'Renamed' } });
    expect((await leosEvents())[0]).toMatchObject({ subject: 'Renamed', categories: ['Mine'], reminderMinutesBeforeStart: 60 });
    expect(mails()[1]).toEqual(['update', ['leo@acme.example', 'guest@else.example']]);
  });

  it('is not mailed again for what guests do not see', async () => {
    const made = await invite();
    await world.ada('PATCH', `me/events/${made.id}`, { body: { categories: ['Mine'], reminderMinutesBeforeStart: 5 } });
    expect(mails()).toHaveLength(1);
  });

  it('taken back leaves the copy there, cancelled', async () => {
    const made = await invite();
    await world.ada('PATCH', `me/events/${made.id}`, { body: guests('guest@else.example') });
    expect((await leosEvents())[0]).toMatchObject({ isCancelled: true, showAs: 'free' });
    expect(mails()[1]).toEqual(['cancellation', ['leo@acme.example']]);
  });
});

describe('an answer', () => {
  it.each([
    ['accept', 'accepted', 'busy'],
    ['tentativelyAccept', 'tentativelyAccepted', 'tentative'],
  ])('%s is noted by both', async (action, response, showAs) => {
    const made = await invite();
    const [copy] = await leosEvents();
    expect((await world.leo('POST', `me/events/${copy?.id ?? ''}/${action}`, { body: { comment: 'ok' } })).status).toBe(202);
    expect((await leosEvents())[0]).toMatchObject({ responseStatus: { response }, showAs });
    const { body } = await world.ada('GET', `me/events/${made.id}`);
    expect(body.attendees?.[0]?.status.response).toBe(response);
    expect(mails()[1]).toEqual(['reply', ['ada@acme.example']]);
  });

  it('decline takes the event out of the guest’s calendar', async () => {
    const made = await invite();
    const [copy] = await leosEvents();
    const proposedNewTime = {
      start: { dateTime: '2026-11-24T10:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-11-24T11:00:00', timeZone: 'UTC' },
    };
    await world.leo('POST', `me/events/${copy?.id ?? ''}/decline`, {
      body: { SendResponse: true, Comment: 'no', ProposedNewTime: proposedNewTime },
    });
    expect(await leosEvents()).toEqual([]);
    const { body } = await world.ada('GET', `me/events/${made.id}`);
    expect(body.attendees?.[0]).toMatchObject({
      status: { response: 'declined' },
      proposedNewTime: { start: { dateTime: '2026-11-24T10:00:00.0000000' } },
    });
  });

  it('without sendResponse stays with the guest', async () => {
    const made = await invite();
    const [copy] = await leosEvents();
    await world.leo('POST', `me/events/${copy?.id ?? ''}/accept`, { body: { sendResponse: false } });
    const { body } = await world.ada('GET', `me/events/${made.id}`);
    expect(body.attendees?.[0]?.status.response).toBe('none');
    expect((await leosEvents())[0]?.responseStatus?.response).toBe('accepted');
  });

  it('is refused to the organizer, and a new time where none may be proposed', async () => {
    const made = await invite({ allowNewTimeProposals: false });
    expect((await world.ada('POST', `me/events/${made.id}/accept`, { body: {} })).status).toBe(400);
    const [copy] = await leosEvents();
    const time = { dateTime: '2026-11-24T10:00:00', timeZone: 'UTC' };
    const body = { proposedNewTime: { start: time, end: time } };
    expect((await world.leo('POST', `me/events/${copy?.id ?? ''}/tentativelyAccept`, { body })).status).toBe(400);
  });

  it('to one occurrence is for that one', async () => {
    const made = await invite(repeating('2026-11-23', { count: 3 }));
    const { body } = await world.leo('GET', `me/calendarView?${WINDOW}`);
    await world.leo('POST', `me/events/${body.value?.[1]?.id ?? ''}/decline`, { body: {} });
    const after = await world.leo('GET', `me/calendarView?${WINDOW}`);
    expect(after.body.value).toHaveLength(2);
    const { body: instances } = await world.ada('GET', `me/events/${made.id}/instances?${WINDOW}`);
    expect(instances.value?.map((event) => event.attendees?.[0]?.status.response)).toEqual(['none', 'declined', 'none']);
  });
});

describe('the end of a meeting', () => {
  it('by the organizer, with words, marks the copies until they are removed', async () => {
    const made = await invite();
    expect((await world.ada('POST', `me/events/${made.id}/cancel`, { body: { Comment: 'Sorry' } })).status).toBe(202);
    expect((await world.ada('GET', `me/events/${made.id}`)).status).toBe(404);
    const [copy] = await leosEvents();
    expect(copy).toMatchObject({ isCancelled: true });
    expect(world.sandbox.microsoft.mails().at(-1)).toMatchObject({ kind: 'cancellation', comment: 'Sorry' });
    await world.leo('DELETE', `me/events/${copy?.id ?? ''}`);
    expect(await leosEvents()).toEqual([]);
  });

  it('cannot be called by a guest', async () => {
    await invite();
    const [copy] = await leosEvents();
    expect((await world.leo('POST', `me/events/${copy?.id ?? ''}/cancel`, { body: {} })).status).toBe(400);
  });

  it('for one occurrence leaves the others', async () => {
    const made = await invite(repeating('2026-11-23', { count: 3 }));
    const { body } = await world.ada('GET', `me/events/${made.id}/instances?${WINDOW}`);
    await world.ada('POST', `me/events/${body.value?.[1]?.id ?? ''}/cancel`, { body: {} });
    const copies = (await world.leo('GET', `me/calendarView?${WINDOW}`)).body.value ?? [];
    expect(copies.map(({ isCancelled }) => isCancelled)).toEqual([false, true, false]);
  });

  it('by deletion of a guest’s copy does not reach the organizer', async () => {
    const made = await invite();
    const [copy] = await leosEvents();
    await world.leo('DELETE', `me/events/${copy?.id ?? ''}`);
    expect((await world.ada('GET', `me/events/${made.id}`)).body.attendees?.[0]?.status.response).toBe('none');
    expect(mails()).toHaveLength(1);
  });
});

it('a guest’s forward invites more people and tells the organizer', async () => {
  await invite();
  const [copy] = await leosEvents();
  const body = { ToRecipients: [{ emailAddress: { address: 'rosa@globex.example' } }], Comment: 'fyi' };
  expect((await world.leo('POST', `me/events/${copy?.id ?? ''}/forward`, { body })).status).toBe(202);
  const rosa = graphCaller(world.sandbox, world.sandbox.microsoft.connect('rosa@globex.example').accessToken);
  expect((await rosa('GET', 'me/events')).body.value).toHaveLength(1);
  expect(mails().slice(1)).toEqual([
    ['forward', ['rosa@globex.example']],
    ['forward', ['ada@acme.example']],
  ]);
});

describe('a shared calendar', () => {
  it('is on the list, read-only or not, and needs a scope for shared calendars', async () => {
    const { microsoft } = world.sandbox;
    const team = microsoft.addCalendar('ada@acme.example', { name: 'Team' });
    await world.ada('POST', `me/calendars/${team.id}/events`, { body: meeting('2026-11-23', '10:00', { sensitivity: 'private' }) });
    microsoft.setAccess(team.id, 'leo@acme.example', 'read');
    const list = (await world.leo('GET', 'me/calendars')).body.value ?? [];
    expect(list.map(({ name, canEdit, owner }) => [name, canEdit, (owner as { address: string }).address])).toEqual([
      ['Calendar', true, 'leo@acme.example'],
      ['Team', false, 'ada@acme.example'],
    ]);
    const events = await world.leo('GET', `me/calendars/${team.id}/events`);
    expect(events.body.value?.[0]).toMatchObject({ subject: 'Private appointment', attendees: [] });
    const refused = await world.leo('POST', `me/calendars/${team.id}/events`, { body: meeting('2026-11-23', '10:00') });
    expect([refused.status, refused.code]).toEqual([403, 'ErrorAccessDenied']);
    const narrow = graphCaller(world.sandbox, microsoft.connect('leo@acme.example', { scopes: ['Calendars.ReadWrite'] }).accessToken);
    expect((await narrow('GET', `me/calendars/${team.id}/events`)).status).toBe(403);
    microsoft.setAccess(team.id, 'leo@acme.example', null);
    expect((await world.leo('GET', `me/calendars/${team.id}`)).status).toBe(404);
  });
});
