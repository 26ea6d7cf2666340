import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphWorld } from '../testing/graph-caller.ts';
import { graphCaller, meeting, startGraphWorld } from '../testing/graph-caller.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.sandbox.close());

describe('the person', () => {
  it('is told by name, address and the object id of the ID token', async () => {
    const { body } = await world.ada('GET', 'me?$select=id,displayName,mail,userPrincipalName');
    const oid = world.sandbox.microsoft.people()[0]?.oid;
    expect(body).toMatchObject({ id: oid, displayName: 'Ada Lindqvist', mail: 'ada@acme.example', userPrincipalName: 'ada@acme.example' });
    expect(body).not.toHaveProperty('surname');
    expect((await world.ada('GET', 'users/ada@acme.example/calendar')).body.isDefaultCalendar).toBe(true);
  });

  it('may have no mail address and no mailbox', async () => {
    world.sandbox.microsoft.addPerson({ email: 'guest@acme.example', hasMail: false, hasMailbox: false });
    const guest = graphCaller(world.sandbox, world.sandbox.microsoft.connect('guest@acme.example').accessToken);
    expect((await guest('GET', 'me')).body.mail).toBeNull();
    expect((await guest('GET', 'me/calendars')).code).toBe('MailboxNotEnabledForRESTAPI');
  });

  it('has settings that can be changed, and zones by both kinds of name', async () => {
    expect((await world.ada('GET', 'me/mailboxSettings')).body.timeZone).toBe('W. Europe Standard Time');
    await world.ada('PATCH', 'me/mailboxSettings', {
      body: { timeZone: 'Tokyo Standard Time', workingHours: { startTime: '09:00:00.0000000' } },
    });
    expect((await world.ada('GET', 'me/mailboxSettings')).body).toMatchObject({
      timeZone: 'Tokyo Standard Time',
      workingHours: { startTime: '09:00:00.0000000' },
    });
    const windows = await world.ada('GET', 'me/outlook/supportedTimeZones()');
    expect(windows.body.value).toContainEqual({ alias: 'Romance Standard Time', displayName: 'Romance Standard Time' });
    const iana = await world.ada('GET', "me/outlook/supportedTimeZones(TimeZoneStandard='Iana')");
    expect(iana.body.value?.map(({ alias }) => alias)).toContain('Europe/Paris');
  });

  it('sends mail that goes nowhere', async () => {
    const message = { subject: 'Hello', toRecipients: [{ emailAddress: { address: 'rosa@globex.example' } }] };
    expect((await world.ada('POST', 'me/sendMail', { body: { message } })).status).toBe(202);
    expect(world.sandbox.microsoft.mails()).toMatchObject([{ kind: 'message', subject: 'Hello', to: ['rosa@globex.example'] }]);
  });
});

describe('calendars', () => {
  it('are made, renamed and deleted, but not the default one', async () => {
    const made = await world.ada('POST', 'me/calendars', { body: { name: 'Projects', color: 'lightBlue' } });
    expect(made.body).toMatchObject({ name: 'Projects', color: 'lightBlue', isDefaultCalendar: false, canEdit: true });
    const again = await world.ada('POST', 'me/calendars', { body: { name: 'Projects' } });
    expect([again.status, again.code]).toEqual([409, 'ErrorFolderExists']);
    const path = `me/calendars/${made.body.id ?? ''}`;
    expect((await world.ada('PATCH', path, { body: { name: 'Old projects' } })).body.name).toBe('Old projects');
    const events = await world.ada('POST', `${path}/events`, { body: meeting('2026-11-23', '10:00') });
    expect((await world.ada('GET', 'me/events')).body.value).toEqual([]);
    expect((await world.ada('GET', `me/events/${events.body.id ?? ''}`)).status).toBe(200);
    expect((await world.ada('DELETE', path)).status).toBe(204);
    expect((await world.ada('GET', path)).status).toBe(404);
    expect((await world.ada('DELETE', `me/calendars/${world.sandbox.microsoft.defaultCalendar('ada@acme.example')}`)).status).toBe(400);
  });

  it('tell their owner with whom they are shared', async () => {
    const calendar = world.sandbox.microsoft.defaultCalendar('ada@acme.example');
    world.sandbox.microsoft.setAccess(calendar, 'leo@acme.example', 'write');
    const { body } = await world.ada('GET', 'me/calendar/calendarPermissions');
    expect(body.value).toMatchObject([{ role: 'write', isInsideOrganization: true }]);
  });
});

describe('refusals', () => {
  it('of a missing, wrong or old token are 401 with a code and ids', async () => {
    const anonymous = graphCaller(world.sandbox, 'wrong');
    const answer = await anonymous('GET', 'me/events', { headers: { 'client-request-id': 'mine' } });
    expect([answer.status, answer.code]).toEqual([401, 'InvalidAuthenticationToken']);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    expect(answer.body).toMatchObject({ error: { innerError: { 'client-request-id': 'mine', date: '2026-11-20T08:00:00' } } });
    expect(answer.headers.get('client-request-id')).toBe('mine');
    world.sandbox.microsoft.expireAccessTokens('ada@acme.example');
    expect((await world.ada('GET', 'me/events')).status).toBe(401);
  });

  it.each([
    ['GET', 'me', ['Calendars.Read']],
    ['POST', 'me/events', ['Calendars.Read']],
    ['GET', 'me/mailboxSettings', ['Calendars.ReadWrite']],
    ['POST', 'me/findMeetingTimes', ['Calendars.ReadWrite']],
    ['POST', 'me/sendMail', ['Calendars.ReadWrite']],
  ])('%s %s without its scope is 403', async (method, path, scopes) => {
    const caller = graphCaller(world.sandbox, world.sandbox.microsoft.connect('ada@acme.example', { scopes }).accessToken);
    const answer = await caller(method, path, method === 'POST' ? { body: {} } : {});
    expect([answer.status, answer.code]).toEqual([403, 'ErrorAccessDenied']);
  });

  it('with the basic scope bodies stay hidden', async () => {
    const { body } = await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    const basic = graphCaller(
      world.sandbox,
      world.sandbox.microsoft.connect('ada@acme.example', { scopes: ['Calendars.ReadBasic'] }).accessToken,
    );
    expect((await basic('GET', `me/events/${body.id ?? ''}`)).body).not.toHaveProperty('body');
  });

  it('narrowed and revoked grants bite at once', async () => {
    world.sandbox.microsoft.narrowGrants('ada@acme.example', ['Calendars.ReadWrite', 'Calendars.ReadWrite.Shared']);
    expect((await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') })).status).toBe(403);
    expect((await world.ada('GET', 'me/events')).status).toBe(200);
    world.sandbox.microsoft.revokeGrants('ada@acme.example');
    expect((await world.ada('GET', 'me/events')).status).toBe(401);
  });

  it('of unknown paths, methods and bodies have their own codes', async () => {
    const raw = (method: string, path: string, body?: string): Promise<Response> => {
      const { accessToken } = world.sandbox.microsoft.connect('ada@acme.example');
      return fetch(`${world.sandbox.microsoftUrl}/v1.0/${path}`, { method, body, headers: { authorization: `Bearer ${accessToken}` } });
    };
    expect((await raw('GET', 'me/nothing')).status).toBe(400);
    expect((await raw('PUT', 'me/events', '{}')).status).toBe(405);
    expect((await raw('POST', 'me/events', '{')).status).toBe(400);
    expect((await world.ada('GET', 'users/nobody@acme.example/events')).code).toBe('Request_ResourceNotFound');
  });

  it('made up by a rule look like Graph’s', async () => {
    world.sandbox.faults.add({ operation: 'graph.events.list', answer: { kind: 'status', status: 429, retryAfterSeconds: 7 } });
    const answer = await world.ada('GET', 'me/events');
    expect([answer.status, answer.code, answer.headers.get('retry-after')]).toEqual([429, 'TooManyRequests', '7']);
    const calendarId = world.sandbox.microsoft.defaultCalendar('ada@acme.example');
    const headers = { 'www-authenticate': 'Bearer error="insufficient_claims", claims="eyJ9"' };
    world.sandbox.faults.add({
      operation: 'graph.calendarView.*',
      match: { calendarId },
      answer: { kind: 'status', status: 401, headers },
    });
    const challenged = await world.ada('GET', 'me/calendarView?startDateTime=2026-11-20&endDateTime=2026-12-01');
    expect([challenged.code, challenged.headers.get('www-authenticate')]).toEqual([
      'InvalidAuthenticationToken',
      headers['www-authenticate'],
    ]);
    world.sandbox.faults.add({ operation: 'graph.events.create', when: 'after', answer: { kind: 'status', status: 503 } });
    expect((await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') })).code).toBe('serviceNotAvailable');
    expect(world.sandbox.journal.list({ operation: 'graph.events.create', applied: true })).toHaveLength(1);
  });
});

describe('limits', () => {
  it('of four calls at once on a mailbox refuse the fifth, and no other mailbox', async () => {
    world.sandbox.microsoft.setLimits({ latencyMs: 50 });
    const ada = Array.from({ length: 6 }, () => world.ada('GET', 'me/events'));
    const leo = world.leo('GET', 'me/events');
    const answers = await Promise.all(ada);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect([refused?.code, refused?.headers.get('retry-after')]).toEqual(['MailboxConcurrency', '1']);
    expect((await leo).status).toBe(200);
    expect((await world.ada('GET', 'me/events')).status).toBe(200);
  });

  it('of so many calls in a time fill up again, and calls in between cost', async () => {
    world.sandbox.microsoft.setLimits({ requests: 3, windowSeconds: 30 });
    for (let call = 0; call < 3; call += 1) expect((await world.ada('GET', 'me/events')).status).toBe(200);
    const refused = await world.ada('GET', 'me/events');
    expect([refused.status, refused.code, refused.headers.get('retry-after')]).toEqual([429, 'TooManyRequests', '10']);
    expect((await world.ada('GET', 'me/events')).headers.get('retry-after')).toBe('20');
    world.sandbox.clock.advance(30_000);
    expect((await world.ada('GET', 'me/events')).status).toBe(200);
  });
});

describe('a batch', () => {
  interface Part {
    readonly id: string;
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: { readonly value?: readonly unknown[]; readonly error?: { readonly code: string } };
  }
  const batch = async (requests: readonly object[]): Promise<{ status: number; parts: Map<string, Part> }> => {
    const { status, body } = await world.ada('POST', '$batch', { body: { requests } });
    const responses = (body as unknown as { responses?: Part[] }).responses ?? [];
    return { status, parts: new Map(responses.map((part) => [part.id, part])) };
  };
  const json = { 'Content-Type': 'application/json' };

  it('answers each part by itself, those that depend on others after them', async () => {
    const { status, parts } = await batch([
      { id: '2', method: 'GET', url: '/me/events', dependsOn: ['1'] },
      { id: '1', method: 'POST', url: '/me/events', headers: json, body: meeting('2026-11-23', '10:00') },
      { id: '3', method: 'GET', url: '/me/events/nonsense' },
      { id: '4', method: 'GET', url: '/me', dependsOn: ['3'] },
    ]);
    expect(status).toBe(200);
    expect([...parts].map(([id, part]) => [id, part.status]).sort()).toEqual([
      ['1', 201],
      ['2', 200],
      ['3', 400],
      ['4', 424],
    ]);
    expect(parts.get('2')?.body?.value).toHaveLength(1);
  });

  it('is limited part by part', async () => {
    world.sandbox.faults.add({ operation: 'graph.events.list', nth: 2, answer: { kind: 'status', status: 429, retryAfterSeconds: 3 } });
    const { parts } = await batch(['1', '2', '3'].map((id) => ({ id, method: 'GET', url: '/me/events' })));
    expect(['1', '2', '3'].map((id) => parts.get(id)?.status)).toEqual([200, 429, 200]);
    expect(parts.get('2')?.headers['Retry-After']).toBe('3');
  });

  it.each([
    ['more than 20 parts', Array.from({ length: 21 }, (_unused, id) => ({ id: String(id), method: 'GET', url: '/me' }))],
    ['an id twice', [1, 2].map(() => ({ id: '1', method: 'GET', url: '/me' }))],
    ['a write without its type', [{ id: '1', method: 'POST', url: '/me/events', body: {} }]],
    ['a circle', [{ id: '1', method: 'GET', url: '/me', dependsOn: ['1'] }]],
  ])('is refused with %s', async (_name, requests) => {
    expect((await batch(requests)).status).toBe(400);
  });
});
