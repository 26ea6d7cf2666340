import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../start-sandbox.ts';
import { graphCaller, guests, meeting, repeating } from '../testing/graph-caller.ts';
import { MICROSOFT_CLIENT, startMicrosoftSandbox } from '../testing/microsoft-world.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startMicrosoftSandbox();
});
afterEach(() => sandbox.close());

interface ControlAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly items?: readonly Readonly<Record<string, unknown>>[] };
}

async function control(method: string, path: string, body?: unknown): Promise<ControlAnswer> {
  const response = await fetch(`${sandbox.controlUrl}/control/microsoft/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as ControlAnswer['body'] };
}

const ADA = 'ada@acme.example';

describe('seeding and editing', () => {
  it('a seed is there for the person and for the guests', async () => {
    const seeded = await control('POST', 'seed', {
      people: [{ email: 'zoe@acme.example', timeZone: 'Romance Standard Time' }],
      calendars: [{ owner: ADA, name: 'Team' }],
      events: [
        { as: ADA, event: meeting('2026-11-23', '10:00', guests('leo@acme.example')) },
        {
          as: ADA,
          calendar: 'Team',
          raw: true,
          event: {
            subject: 'Odd',
            start: { dateTime: '0001-01-01T00:00:00', timeZone: 'tzone://Microsoft/Custom' },
            end: { dateTime: '0001-01-01T00:00:00', timeZone: '' },
          },
        },
      ],
    });
    expect(seeded.status).toBe(200);
    const calendars = await control('GET', 'calendars');
    expect(calendars.body.items?.map(({ ownerEmail, name, eventCount }) => [ownerEmail, name, eventCount])).toEqual([
      [ADA, 'Calendar', 1],
      ['leo@acme.example', 'Calendar', 1],
      ['rosa@globex.example', 'Calendar', 0],
      ['kim@outlook.com', 'Calendar', 0],
      ['zoe@acme.example', 'Calendar', 0],
      [ADA, 'Team', 1],
    ]);
    expect((await control('GET', 'people')).body.items).toHaveLength(5);
  });

  it('F14 odd events are shown as they are', async () => {
    const fields = {
      subject: null,
      start: { dateTime: '2026-11-23T10:00:00', timeZone: 'tzone://Microsoft/Custom' },
      end: { dateTime: '2026-11-23T09:00:00', timeZone: 'tzone://Microsoft/Custom' },
    };
    const id = sandbox.microsoft.addRawEvent(sandbox.microsoft.defaultCalendar(ADA), fields);
    const ada = graphCaller(sandbox, sandbox.microsoft.connect(ADA).accessToken);
    const { body } = await ada('GET', `me/events/${id}`);
    expect([body.subject, body.originalStartTimeZone, body.end?.dateTime]).toEqual([
      null,
      'tzone://Microsoft/Custom',
      '2026-11-23T09:00:00.0000000',
    ]);
    expect((await ada('GET', 'me/calendarView/delta?startDateTime=2026-11-20&endDateTime=2026-12-01')).status).toBe(200);
  });

  it('edits by people have the provider’s side effects', async () => {
    const made = await control('POST', 'edit', {
      action: 'create',
      as: ADA,
      event: meeting('2026-11-23', '10:00', guests('leo@acme.example')),
    });
    const eventId = String(made.body.id);
    const calendarId = sandbox.microsoft.defaultCalendar(ADA);
    const copyId = sandbox.microsoft.findGuestCopy('leo@acme.example', { calendarId, eventId }) ?? '';
    await control('POST', 'edit', { action: 'respond', as: 'leo@acme.example', eventId: copyId, response: 'accepted' });
    const event = await control('GET', `calendars/${calendarId}/events/${eventId}`);
    expect(event.body.attendees).toMatchObject([{ status: { response: 'accepted' } }]);
    expect((await control('POST', 'edit', { action: 'patch', as: ADA, eventId, event: { subject: 'Two' } })).body.subject).toBe('Two');
    const other = sandbox.microsoft.addCalendar(ADA, { name: 'Other' });
    const moved = await control('POST', 'edit', { action: 'move', as: ADA, eventId, destination: other.id });
    expect(sandbox.microsoft.findGuestCopy('leo@acme.example', { calendarId: other.id, eventId: String(moved.body.id) })).toBe(copyId);
    await control('POST', 'edit', { action: 'cancel', as: ADA, eventId: String(moved.body.id), comment: 'Sorry' });
    expect((await control('GET', 'mails')).body.items?.at(-1)).toMatchObject({ kind: 'cancellation', comment: 'Sorry' });
    await control('DELETE', 'mails');
    expect((await control('GET', 'mails')).body.items).toEqual([]);
    expect((await control('GET', `calendars/${calendarId}/events/${eventId}`)).status).toBe(404);
  });

  it('a series is known by its instances', async () => {
    const made = sandbox.microsoft.createEvent({ as: ADA }, meeting('2026-11-23', '10:00', repeating('2026-11-23', { count: 3 })));
    const calendarId = sandbox.microsoft.defaultCalendar(ADA);
    const [, second] = sandbox.microsoft.instances(calendarId, made.id);
    await control('POST', 'edit', { action: 'delete', as: ADA, eventId: second?.id });
    const wish = { isImmutable: true };
    const immutable = sandbox.microsoft.getEvent(calendarId, made.id, wish)?.id ?? '';
    expect(immutable).not.toBe(made.id);
    expect(sandbox.microsoft.events(calendarId, wish).map(({ id }) => id)).toContain(immutable);
    expect(sandbox.microsoft.instances(calendarId, immutable, wish)[0]?.seriesMasterId).toBe(immutable);
    expect(sandbox.microsoft.instances(calendarId, made.id).map(({ start }) => start?.dateTime.slice(0, 10))).toEqual([
      '2026-11-23',
      '2026-11-25',
    ]);
  });
});

describe('what happens to access', () => {
  it('grants expire, are narrowed and revoked, and sign-ins are blocked', async () => {
    const connected = await control('POST', 'connect', { email: ADA, scopes: ['Calendars.ReadWrite', 'User.Read'] });
    const ada = graphCaller(sandbox, String(connected.body.accessToken));
    await control('POST', 'grants', { action: 'narrow', email: ADA, scopes: ['User.Read'] });
    expect((await ada('GET', 'me')).status).toBe(403);
    await control('POST', 'grants', { action: 'expire', email: ADA });
    expect((await ada('GET', 'me/events')).status).toBe(401);
    const refresh = async (): Promise<unknown> => {
      const form = {
        grant_type: 'refresh_token',
        refresh_token: String(connected.body.refreshToken),
        client_id: MICROSOFT_CLIENT.id,
        client_secret: 'secret-1',
      };
      const response = await fetch(`${sandbox.microsoftUrl}/common/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) });
      return ((await response.json()) as { error_codes?: unknown }).error_codes;
    };
    await control('POST', 'sign-in', { email: ADA, blockedBy: 50076 });
    expect(await refresh()).toEqual([50076]);
    await control('POST', 'sign-in', { email: ADA, blockedBy: null });
    expect(await refresh()).toBeUndefined();
    await control('POST', 'grants', { action: 'revoke-sessions', email: ADA });
    expect(await refresh()).toEqual([50173]);
    await control('POST', 'grants', { action: 'expire-refresh', email: ADA, aadsts: 700082 });
    expect(await refresh()).toEqual([700082]);
    await control('POST', 'grants', { action: 'revoke', email: ADA });
    expect(await refresh()).toEqual([65001]);
    expect((await control('POST', 'tenants', { domain: 'acme.example', requiresAdminConsent: true })).status).toBe(200);
    expect((await control('POST', 'clients', { ...MICROSOFT_CLIENT, isDisabled: true })).status).toBe(200);
    expect(await refresh()).toEqual([7000112]);
  });

  it('calendars are shared and removed, cursors die, limits and conferences change', async () => {
    const calendarId = sandbox.microsoft.addCalendar(ADA, { name: 'Team' }).id;
    await control('POST', 'access', { calendarId, email: 'leo@acme.example', role: 'read' });
    const leo = graphCaller(sandbox, sandbox.microsoft.connect('leo@acme.example').accessToken);
    const path = `me/calendars/${calendarId}/calendarView/delta?startDateTime=2026-11-20&endDateTime=2026-12-01`;
    const { body } = await leo('GET', path);
    await control('POST', 'cursors/expire', { calendarId, spelling: 'not-found' });
    expect((await leo('GET', body['@odata.deltaLink'] ?? '')).status).toBe(404);
    await control('DELETE', `calendars/${calendarId}`);
    expect((await leo('GET', path)).code).toBe('ErrorItemNotFound');
    await control('POST', 'conference', { delayMs: 1000 });
    await control('POST', 'limits', { requests: 1 });
    await leo('GET', 'me/events');
    expect((await leo('GET', 'me/events')).status).toBe(429);
    expect((await control('GET', 'subscriptions')).body.items).toEqual([]);
  });

  it.each([
    ['edit', { action: 'explode', as: ADA }],
    ['access', { calendarId: 'x', email: ADA, role: 'king' }],
    ['sign-in', { email: ADA, blockedBy: 1 }],
    ['grants', { action: 'narrow', email: ADA, scopes: ['Calendars.Imagined'] }],
    ['seed', { events: [{ as: ADA, calendar: 'None', event: {} }] }],
    ['notices', { subscriptionId: 'none' }],
  ])('refuses a wrong body to %s: %j', async (path, body) => {
    expect((await control('POST', path, body)).status).toBe(400);
  });

  it('a reset forgets everything but the clients', async () => {
    await fetch(`${sandbox.controlUrl}/control/reset`, { method: 'POST' });
    expect((await control('GET', 'people')).body.items).toEqual([]);
    const page = `${sandbox.microsoftUrl}/common/oauth2/v2.0/authorize?client_id=${MICROSOFT_CLIENT.id}&response_type=code&scope=openid`;
    const response = await fetch(`${page}&redirect_uri=${encodeURIComponent(MICROSOFT_CLIENT.redirectUris[0] ?? '')}`);
    expect(response.status).toBe(200);
  });
});
