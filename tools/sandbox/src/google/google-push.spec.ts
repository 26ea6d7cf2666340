import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestWorld } from '../testing/google-caller.ts';
import { meeting, startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
let receiver: Server;
let address = '';
let received: IncomingMessage['headers'][] = [];
let statuses: number[] = [];
beforeEach(async () => {
  world = await startTestWorld();
  received = [];
  statuses = [];
  receiver = createServer((request, response) => {
    received.push(request.headers);
    response.writeHead(statuses.shift() ?? 204).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const bound = receiver.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/notices`;
});
afterEach(async () => {
  await world.sandbox.close();
  receiver.closeAllConnections();
  receiver.close();
});

const EVENTS = 'calendars/primary/events';

function states(): unknown[] {
  return received.map((headers) => [headers['x-goog-resource-state'], headers['x-goog-message-number']]);
}

describe('push channels', () => {
  it('say sync first, then one notice for a change, with the channel’s token', async () => {
    const opened = await world.ada('POST', `${EVENTS}/watch`, { body: { id: 'channel-1', type: 'web_hook', address, token: 'secret' } });
    expect(opened.body).toMatchObject({ id: 'channel-1', token: 'secret', expiration: String(world.sandbox.clock.now() + 7 * 86_400_000) });
    await vi.waitFor(() => expect(states()).toEqual([['sync', '1']]));
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    await vi.waitFor(() =>
      expect(states()).toEqual([
        ['sync', '1'],
        ['exists', '2'],
      ]),
    );
    expect(received[1]).toMatchObject({ 'x-goog-channel-id': 'channel-1', 'x-goog-channel-token': 'secret', 'content-length': '0' });
    expect(received[1]?.['x-goog-resource-id']).toBe(opened.body.resourceId);
  });

  it('refuse a used id and a plain address, and stop for their owner only', async () => {
    const body = { id: 'channel-1', type: 'web_hook', address };
    const opened = await world.ada('POST', `${EVENTS}/watch`, { body });
    expect((await world.ada('POST', `${EVENTS}/watch`, { body })).reason).toBe('channelIdNotUnique');
    const plain = { id: 'channel-2', type: 'web_hook', address: 'http://hooks.example.org/' };
    expect((await world.ada('POST', `${EVENTS}/watch`, { body: plain })).reason).toBe('push.webhookUrlNotHttps');
    const stop = { id: 'channel-1', resourceId: opened.body.resourceId };
    expect((await world.leo('POST', 'channels/stop', { body: stop })).status).toBe(404);
    expect((await world.ada('POST', 'channels/stop', { body: stop })).status).toBe(204);
    expect((await world.ada('POST', 'channels/stop', { body: stop })).status).toBe(404);
  });

  it('repeat a notice that met 503, and nothing else', async () => {
    statuses = [503, 404];
    await world.ada('POST', `${EVENTS}/watch`, { body: { id: 'channel-1', type: 'web_hook', address } });
    await vi.waitFor(
      () =>
        expect(states()).toEqual([
          ['sync', '1'],
          ['sync', '1'],
        ]),
      5000,
    );
    await vi.waitFor(() =>
      expect(world.sandbox.journal.list({ operation: 'push.deliver' }).map(({ status }) => status)).toEqual([503, 404]),
    );
  });

  it('can lose, double and forge notices', async () => {
    await world.ada('POST', `${EVENTS}/watch`, { body: { id: 'channel-1', type: 'web_hook', address, token: 'secret' } });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    world.sandbox.faults.add({ operation: 'push.deliver', answer: { kind: 'reset' } });
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    await vi.waitFor(() => expect(world.sandbox.journal.list({ operation: 'push.deliver', applied: false })).toHaveLength(1));
    expect(await world.sandbox.google.notify('channel-1', { token: 'forged' })).toBe(204);
    expect(received.map((headers) => headers['x-goog-channel-token'])).toEqual(['secret', 'forged']);
  });

  it('fall silent when they expire', async () => {
    await world.ada('POST', `${EVENTS}/watch`, { body: { id: 'channel-1', type: 'web_hook', address, params: { ttl: '60' } } });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    world.sandbox.clock.advance(61_000);
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    await world.ada('GET', EVENTS);
    expect(states()).toEqual([['sync', '1']]);
  });

  it('are not known any more when they have expired', async () => {
    const opened = await world.ada('POST', `${EVENTS}/watch`, {
      body: { id: 'channel-1', type: 'web_hook', address, params: { ttl: '60' } },
    });
    const stop = { id: 'channel-1', resourceId: opened.body.resourceId };
    world.sandbox.clock.advance(61_000);
    expect((await world.ada('POST', 'channels/stop', { body: stop })).status).toBe(404);
  });

  it('live for a week at most, and for less when that is asked for', async () => {
    const now = world.sandbox.clock.now();
    const watch = (id: string, expiration: number) =>
      world.ada('POST', `${EVENTS}/watch`, { body: { id, type: 'web_hook', address, expiration: String(expiration) } });
    expect((await watch('channel-1', now + 30 * 86_400_000)).body.expiration).toBe(String(now + 7 * 86_400_000));
    expect((await watch('channel-2', now + 3_600_000)).body.expiration).toBe(String(now + 3_600_000));
  });

  it('stay with one calendar', async () => {
    const other = world.sandbox.google.addCalendar('ada@acme.example', { summary: 'Other' }).id;
    await world.ada('POST', `${EVENTS}/watch`, { body: { id: 'channel-1', type: 'web_hook', address } });
    await world.ada('POST', `calendars/${encodeURIComponent(other)}/events/watch`, {
      body: { id: 'channel-2', type: 'web_hook', address },
    });
    await vi.waitFor(() => expect(received).toHaveLength(2));
    await world.ada('POST', `calendars/${encodeURIComponent(other)}/events`, { body: meeting('2026-11-23', '10:00') });
    await vi.waitFor(() => expect(received).toHaveLength(3));
    expect(received.at(-1)).toMatchObject({ 'x-goog-channel-id': 'channel-2', 'x-goog-resource-state': 'exists' });
  });
});
