import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { googleCaller } from '../testing/google-caller.ts';
import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ clock: { now: () => Date.parse('2026-11-20T08:00:00Z') } });
});
afterEach(() => sandbox.close());

interface ControlAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly items?: readonly Readonly<Record<string, unknown>>[] };
}

async function control(method: string, path: string, body?: unknown): Promise<ControlAnswer> {
  const response = await fetch(`${sandbox.controlUrl}/control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as ControlAnswer['body'] };
}

const EVENT = { id: 'event0001', summary: 'One', start: { dateTime: '2026-11-23T09:00:00Z' }, end: { dateTime: '2026-11-23T10:00:00Z' } };

describe('seeding and editing', () => {
  beforeEach(async () => {
    await control('POST', 'google/seed', {
      people: [{ email: 'ada@acme.example' }, { email: 'leo@acme.example' }],
      calendars: [{ owner: 'ada@acme.example', id: 'team@group.calendar.google.com', summary: 'Team' }],
      access: [{ calendarId: 'team@group.calendar.google.com', email: 'leo@acme.example', role: 'reader' }],
      events: [{ as: 'ada@acme.example', event: { ...EVENT, attendees: [{ email: 'leo@acme.example' }] } }],
    });
  });

  it('a seed is there for the person and for the guests', async () => {
    const calendars = await control('GET', 'google/calendars');
    expect(calendars.body.items?.map(({ id, eventCount }) => [id, eventCount])).toEqual([
      ['ada@acme.example', 1],
      ['leo@acme.example', 1],
      ['team@group.calendar.google.com', 0],
    ]);
    const tokens = await control('POST', 'google/connect', { email: 'leo@acme.example', scopes: ['calendar.calendarlist.readonly'] });
    const list = await googleCaller(sandbox, String(tokens.body.accessToken))('GET', 'users/me/calendarList');
    expect(list.body.items).toHaveLength(2);
  });

  it('an edit by the person has the provider’s side effects', async () => {
    const edited = await control('POST', 'google/edit', {
      action: 'patch',
      as: 'ada@acme.example',
      eventId: 'event0001',
      event: { summary: 'Two' },
    });
    expect(edited.body.summary).toBe('Two');
    const copies = await control('GET', 'google/calendars/leo@acme.example/events');
    const copyId = String(copies.body.items?.[0]?.id);
    expect(copies.body.items?.[0]?.summary).toBe('Two');
    await control('POST', 'google/edit', { action: 'respond', as: 'leo@acme.example', eventId: copyId, response: 'accepted' });
    const original = await control('GET', 'google/calendars/ada@acme.example/events/event0001');
    expect(original.body.attendees).toMatchObject([{ responseStatus: 'accepted' }]);
    await control('POST', 'google/edit', { action: 'delete', as: 'ada@acme.example', eventId: 'event0001', sendUpdates: 'all' });
    expect((await control('GET', 'google/mails')).body.items).toMatchObject([{ kind: 'cancellation', to: ['leo@acme.example'] }]);
  });

  it('F14 odd events are stored and shown as they are, and the others with them', async () => {
    const odd = {
      summary: 'Odd',
      start: { dateTime: '0001-01-01T00:00:00Z' },
      end: { dateTime: 'never' },
      recurrence: ['RRULE:FREQ=SOMETIMES'],
    };
    await control('POST', 'google/seed', { events: [{ as: 'ada@acme.example', raw: true, event: { id: 'odd000001', ...odd } }] });
    const { accessToken } = sandbox.google.connect('ada@acme.example');
    const headers = { authorization: `Bearer ${accessToken}` };
    const list = (await (await fetch(`${sandbox.googleUrl}/calendar/v3/calendars/primary/events`, { headers })).json()) as {
      items: { end: unknown }[];
    };
    expect(list.items.map(({ end }) => end)).toContainEqual({ dateTime: 'never' });
    expect(list.items).toHaveLength(2);
    for (const query of ['singleEvents=true', 'timeMin=2026-11-01T00:00:00Z']) {
      const answer = await fetch(`${sandbox.googleUrl}/calendar/v3/calendars/primary/events?${query}`, { headers });
      expect(answer.status).toBe(200);
    }
  });

  it('grants expire, are revoked and narrowed', async () => {
    const { accessToken } = sandbox.google.connect('ada@acme.example');
    const call = googleCaller(sandbox, accessToken);
    await control('POST', 'google/grants', {
      action: 'narrow',
      email: 'ada@acme.example',
      scopes: ['https://www.googleapis.com/auth/calendar'],
    });
    expect((await call('GET', 'users/me/calendarList')).reason).toBe('insufficientPermissions');
    await control('POST', 'google/grants', { action: 'expire', email: 'ada@acme.example' });
    expect((await call('GET', 'users/me/calendarList')).status).toBe(401);
    await control('POST', 'google/grants', { action: 'revoke', email: 'ada@acme.example' });
    expect(await (await fetch(`${sandbox.googleUrl}/connections`)).text()).toContain('No application has access');
  });

  it('rules, cursors, clock and journal can be driven from outside', async () => {
    const { accessToken } = sandbox.google.connect('ada@acme.example');
    const call = googleCaller(sandbox, accessToken);
    await control('POST', 'faults', { operation: 'events.list', status: 503 });
    expect((await call('GET', 'calendars/primary/events')).status).toBe(503);
    const { body } = await call('GET', 'calendars/primary/events');
    await control('POST', 'google/cursors/expire', { calendarId: 'ada@acme.example' });
    expect((await call('GET', `calendars/primary/events?syncToken=${body.nextSyncToken}`)).status).toBe(410);
    expect((await control('GET', 'journal?operation=events.*')).body.items?.map(({ status }) => status)).toEqual([503, 200, 410]);
    await control('POST', 'clock', { advanceMs: 3_600_000 });
    expect((await control('GET', 'clock')).body).toEqual({ now: '2026-11-20T09:00:00.000Z', offsetMs: 3_600_000 });
    expect((await call('GET', 'calendars/primary/events')).status).toBe(401);
    await control('POST', 'clock', { set: '2027-01-01T00:00:00Z' });
    expect((await control('GET', 'clock')).body.now).toBe('2027-01-01T00:00:00.000Z');
    await control('POST', 'reset', {});
    expect((await control('GET', 'google/people')).body.items).toEqual([]);
  });

  it.each([
    ['faults', { operation: 'events.list' }],
    ['faults', { operation: 'events.list', status: 500, reset: true }],
    ['faults', { operation: 'events.list', status: 500, unknown: 1 }],
    ['google/edit', { action: 'explode', as: 'ada@acme.example' }],
    ['clock', {}],
  ])('refuses a wrong body to %s: %j', async (path, body) => {
    expect((await control('POST', path, body)).status).toBe(400);
  });
});

it('refuses a page of another site', async () => {
  const response = await fetch(`${sandbox.controlUrl}/control/reset`, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
  expect(response.status).toBe(403);
});

describe('the demo', () => {
  it('is seeded once, answers as Google would, and leaves Ada free time on every working day', async () => {
    const first = await control('POST', 'seed/demo', {});
    const second = await control('POST', 'seed/demo', {});
    expect(Number(first.body.events)).toBeGreaterThan(300);
    expect(second.body.events).toBe(0);
    for (const person of sandbox.google.people()) {
      const call = googleCaller(sandbox, sandbox.google.connect(person.email).accessToken);
      expect((await call('GET', 'users/me/calendarList')).status).toBe(200);
      for (const query of ['', 'showDeleted=true', 'singleEvents=true&timeMin=2026-11-01T00:00:00Z&timeMax=2026-12-31T00:00:00Z']) {
        expect((await call('GET', `calendars/primary/events?maxResults=2500&${query}`)).status).toBe(200);
      }
    }
    const ada = googleCaller(sandbox, sandbox.google.connect('ada@acme.example').accessToken);
    for (const day of ['23', '24', '25', '26', '27']) {
      const body = { timeMin: `2026-11-${day}T09:00:00+01:00`, timeMax: `2026-11-${day}T17:00:00+01:00`, items: [{ id: 'primary' }] };
      const busy = (await ada('POST', 'freeBusy', { body })).body.calendars?.primary?.busy ?? [];
      const busyMs = busy.reduce((sum, { start, end }) => sum + Date.parse(end) - Date.parse(start), 0);
      expect(busyMs).toBeGreaterThan(0);
      expect(busyMs).toBeLessThan(5 * 3_600_000);
    }
    expect((await control('GET', 'google/mails')).body.items).toEqual([]);
  });
});
