import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkGraphNotice } from '../testing/check-graph-answer.ts';
import type { GraphAnswer, GraphWorld } from '../testing/graph-caller.ts';
import { graphCaller, meeting, repeating, startGraphWorld } from '../testing/graph-caller.ts';

interface Notice {
  readonly path: string;
  readonly clientState: string | null;
  readonly changeType?: string;
  readonly lifecycleEvent?: string;
  readonly resourceData?: { readonly id: string };
  readonly subscriptionId: string;
}

let world: GraphWorld;
let receiver: Server;
let base = '';
let handshakes: string[] = [];
let notices: Notice[] = [];
let statuses: number[] = [];
let answerHandshake: (token: string) => { status?: number; type?: string; body: string };
beforeEach(async () => {
  world = await startGraphWorld();
  [handshakes, notices, statuses] = [[], [], []];
  answerHandshake = (token) => ({ body: token });
  receiver = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://receiver');
    const token = url.searchParams.get('validationToken');
    const body = await text(request);
    if (token !== null) {
      handshakes.push(`${url.pathname} ${body.length}`);
      const answer = answerHandshake(token);
      response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'text/plain' }).end(answer.body);
      return;
    }
    const parsed = JSON.parse(body) as { value: Omit<Notice, 'path'>[] };
    checkGraphNotice(parsed);
    notices.push(...parsed.value.map((item) => ({ ...item, path: url.pathname })));
    response.writeHead(statuses.shift() ?? 202).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const bound = receiver.address();
  base = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
});
afterEach(async () => {
  await world.sandbox.close();
  receiver.closeAllConnections();
  receiver.close();
});

const MINUTE = 60_000;

function inMinutes(minutes: number): string {
  return new Date(world.sandbox.clock.now() + minutes * MINUTE).toISOString();
}

function subscribe(more: Readonly<Record<string, unknown>> = {}, headers: Readonly<Record<string, string>> = {}): Promise<GraphAnswer> {
  const body = {
    changeType: 'created,updated,deleted',
    notificationUrl: `${base}/graph`,
    lifecycleNotificationUrl: `${base}/lifecycle`,
    resource: '/me/events',
    expirationDateTime: inMinutes(4000),
    clientState: 'secret',
    ...more,
  };
  return world.ada('POST', 'subscriptions', { body, headers });
}

async function seen(count: number): Promise<readonly Notice[]> {
  await vi.waitFor(() => expect(notices.length).toBeGreaterThanOrEqual(count), 5000);
  return notices;
}

describe('a subscription', () => {
  it('begins with a handshake on both addresses', async () => {
    const { status, body } = await subscribe();
    expect(status).toBe(201);
    expect(handshakes).toEqual(['/graph 0', '/lifecycle 0']);
    expect(body).toMatchObject({
      resource: 'me/events',
      changeType: 'created,updated,deleted',
      clientState: 'secret',
      expirationDateTime: inMinutes(4000),
    });
    const list = await world.ada('GET', 'subscriptions');
    expect(list.body.value?.map(({ id }) => id)).toEqual([body.id]);
    expect((await world.leo('GET', `subscriptions/${body.id ?? ''}`)).status).toBe(404);
  });

  it.each([
    ['the token as HTML', (token: string) => ({ body: token, type: 'text/html' })],
    ['more than the token', (token: string) => ({ body: `${token}\n` })],
    ['the token still encoded', (token: string) => ({ body: encodeURIComponent(token) })],
    ['another status', (token: string) => ({ body: token, status: 202 })],
  ])('is refused when the handshake is answered with %s', async (_name, answer) => {
    answerHandshake = answer;
    const refused = await subscribe();
    expect([refused.status, refused.code]).toEqual([400, 'ValidationError']);
    expect(world.sandbox.microsoft.subscriptions()).toEqual([]);
  });

  it('cannot be made twice, for longer than 10,080 minutes, or on another’s calendar', async () => {
    await subscribe();
    expect((await subscribe()).status).toBe(409);
    const long = await subscribe({ expirationDateTime: inMinutes(10_081) });
    expect([long.status, long.code]).toEqual([400, 'ExtensionError']);
    expect((await subscribe({ resource: '/users/leo@acme.example/events' })).status).toBe(403);
    expect((await subscribe({ resource: '/me/contacts' })).status).toBe(400);
    expect((await subscribe({ notificationUrl: 'http://hooks.example.org/' })).status).toBe(400);
  });

  it('lives at least 45 minutes, can be prolonged, and ends without a word', async () => {
    const { body } = await subscribe({ expirationDateTime: inMinutes(5) });
    expect(body.expirationDateTime).toBe(inMinutes(45));
    const path = `subscriptions/${body.id ?? ''}`;
    const renewed = await world.ada('PATCH', path, { body: { expirationDateTime: inMinutes(50) } });
    expect(renewed.body.expirationDateTime).toBe(inMinutes(50));
    world.sandbox.clock.advance(50 * MINUTE);
    expect((await world.ada('PATCH', path, { body: { expirationDateTime: inMinutes(60) } })).status).toBe(404);
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    await world.ada('GET', 'me/events');
    expect(notices).toEqual([]);
  });

  it('ends by deletion', async () => {
    const { body } = await subscribe();
    const path = `subscriptions/${body.id ?? ''}`;
    expect((await world.ada('DELETE', path)).status).toBe(204);
    expect((await world.ada('DELETE', path)).status).toBe(404);
  });

  it('is not for those who may only read shared calendars', async () => {
    const scopes = ['Calendars.Read.Shared'];
    const narrow = graphCaller(world.sandbox, world.sandbox.microsoft.connect('ada@acme.example', { scopes }).accessToken);
    expect((await narrow('GET', 'subscriptions')).status).toBe(403);
  });
});

describe('notices', () => {
  it('tell of new, changed and deleted events, with the secret and the ids of the subscription’s kind', async () => {
    await subscribe({}, { prefer: 'IdType="ImmutableId"' });
    const { body } = await world.ada('POST', 'me/events', {
      body: meeting('2026-11-23', '10:00'),
      headers: { prefer: 'IdType="ImmutableId"' },
    });
    await seen(1);
    await world.ada('PATCH', `me/events/${body.id ?? ''}`, { body: { subject: 'Two' } });
    await seen(2);
    await world.ada('DELETE', `me/events/${body.id ?? ''}`);
    expect((await seen(3)).map(({ changeType, clientState, resourceData }) => [changeType, clientState, resourceData?.id])).toEqual([
      ['created', 'secret', body.id],
      ['updated', 'secret', body.id],
      ['deleted', 'secret', body.id],
    ]);
  });

  it('come for the wanted kinds of change and the wanted calendar only', async () => {
    const other = world.sandbox.microsoft.addCalendar('ada@acme.example', { name: 'Other' });
    await subscribe({ changeType: 'deleted' });
    await subscribe({ resource: `/me/calendars/${other.id}/events`, notificationUrl: `${base}/other` });
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    await world.ada('POST', `me/calendars/${other.id}/events`, { body: meeting('2026-11-23', '10:00') });
    expect((await seen(1)).map(({ path, changeType }) => [path, changeType])).toEqual([['/other', 'created']]);
  });

  it('name the occurrence that was changed', async () => {
    const { body } = await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00', repeating('2026-11-23', { count: 3 })) });
    const { body: all } = await world.ada('GET', `me/events/${body.id ?? ''}/instances?startDateTime=2026-11-01&endDateTime=2026-12-01`);
    await subscribe();
    await world.ada('PATCH', `me/events/${all.value?.[1]?.id ?? ''}`, { body: { subject: 'Special' } });
    expect((await seen(1)).map(({ resourceData }) => resourceData?.id)).toEqual([all.value?.[1]?.id]);
  });

  it('are repeated while they are not taken, and then said to be missed', async () => {
    statuses = [503, 500, 500, 500];
    world.sandbox.microsoft.setLimits({ retryWaitsMs: [1, 1, 1] });
    await subscribe();
    world.sandbox.microsoft.createEvent({ as: 'ada@acme.example' }, meeting('2026-11-23', '10:00'));
    await vi.waitFor(() => expect(notices.some(({ lifecycleEvent }) => lifecycleEvent === 'missed')).toBe(true), 5000);
    expect(world.sandbox.journal.list({ operation: 'graph.notify' }).map(({ status }) => status)).toEqual([503, 500, 500, 500]);
  });

  it('can be lost, doubled and forged', async () => {
    const { body } = await subscribe();
    world.sandbox.faults.add({ operation: 'graph.notify', answer: { kind: 'reset' } });
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    await vi.waitFor(() => expect(world.sandbox.journal.list({ operation: 'graph.notify', applied: false })).toHaveLength(1));
    expect(await world.sandbox.microsoft.notify(body.id ?? '')).toBe(202);
    expect(await world.sandbox.microsoft.notify(body.id ?? '', { clientState: 'forged', changeType: 'deleted', eventId: 'nobody' })).toBe(
      202,
    );
    expect(notices.map(({ clientState, changeType }) => [clientState, changeType])).toEqual([
      ['secret', 'updated'],
      ['forged', 'deleted'],
    ]);
  });

  it('rest while the person has withdrawn consent', async () => {
    await subscribe();
    world.sandbox.microsoft.revokeGrants('ada@acme.example');
    world.sandbox.microsoft.createEvent({ as: 'ada@acme.example' }, meeting('2026-11-23', '10:00'));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(world.sandbox.journal.list({ operation: 'graph.notify' })).toEqual([]);
    world.sandbox.microsoft.connect('ada@acme.example');
    world.sandbox.microsoft.createEvent({ as: 'ada@acme.example' }, meeting('2026-11-24', '10:00'));
    expect((await seen(2)).map(({ changeType }) => changeType)).toEqual(['created', 'created']);
  });
});

describe('lifecycle notices', () => {
  it('ask for authorization, and the rest waits until it is given', async () => {
    const { body } = await subscribe();
    const id = body.id ?? '';
    expect(await world.sandbox.microsoft.lifecycle(id, 'reauthorizationRequired')).toBe(202);
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    expect((await world.ada('POST', `subscriptions/${id}/reauthorize`)).status).toBe(204);
    expect(
      (await seen(2)).map(({ path, lifecycleEvent, changeType, clientState }) => [path, lifecycleEvent ?? changeType, clientState]),
    ).toEqual([
      ['/lifecycle', 'reauthorizationRequired', 'secret'],
      ['/graph', 'created', 'secret'],
    ]);
  });

  it('say that a subscription is gone', async () => {
    const { body } = await subscribe();
    await world.sandbox.microsoft.lifecycle(body.id ?? '', 'subscriptionRemoved');
    expect(notices).toMatchObject([{ lifecycleEvent: 'subscriptionRemoved', subscriptionId: body.id }]);
    expect((await world.ada('GET', `subscriptions/${body.id ?? ''}`)).status).toBe(404);
  });
});
