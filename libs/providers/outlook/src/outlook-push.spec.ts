import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { DAY_MS, MINUTE_MS, Secret, instant } from '@daymark/domain';
import type { ChannelRequest, PushClaim, PushDelivery, PushReading, PushSubscriber } from '@daymark/provider-contract';
import { startSandbox } from '@daymark/sandbox';
import type { Sandbox } from '@daymark/sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutlookClient } from './outlook-client.ts';
import { CHANNEL_LIFE_MS } from './outlook-manifest.ts';
import { outlookPushReceiver, outlookPushSubscriber } from './outlook-push.ts';

const NOW = instant(Date.UTC(2027, 2, 10, 9, 15));
const CLIENT = { id: '11111111-2222-4333-8444-555555555555', secrets: ['s'], redirectUris: ['http://127.0.0.1:9/callback'] };
const ADA = 'ada@acme.example';

describe('a delivery', () => {
  const item = (more: object = {}) => ({
    subscriptionId: '0fc0d6db-0073-42e5-a186-853da75fb308',
    clientState: 'secret-1',
    changeType: 'updated',
    resource: 'Users/x@y/Events/AAMk',
    resourceData: { id: 'AAMk' },
    ...more,
  });
  const read = (body: unknown, query: PushDelivery['query'] = {}) =>
    outlookPushReceiver.read({ headers: {}, query, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const claim = (more: Partial<PushClaim> = {}): PushClaim => ({
    secret: 'secret-1',
    says: 'changed',
    remoteId: '0fc0d6db-0073-42e5-a186-853da75fb308',
    ...more,
  });

  it('that asks whether somebody is there is answered with what it asked, decoded', () => {
    const query = Object.fromEntries(new URLSearchParams('validationToken=Validation%3a+Testing+%3c%26%2b%c3%a4%3e'));
    expect(read('', query)).toEqual({ kind: 'challenge', answer: 'Validation: Testing <&+ä>' });
  });

  it('tells each of its notices with its own secret, and the same only once', () => {
    const body = { value: [item(), item(), item({ clientState: 'secret-2', subscriptionId: 'other' })] };
    expect(read(body)).toEqual({ kind: 'claims', claims: [claim(), claim({ secret: 'secret-2', remoteId: 'other' })] });
  });

  it.each([
    ['reauthorizationRequired', 'lapsing'],
    ['subscriptionRemoved', 'ended'],
    ['missed', 'lost'],
    ['somethingNew', 'lost'],
  ] as const)('says of a subscription with %s that it is %s', (lifecycleEvent, says) => {
    const body = { value: [{ subscriptionId: 's', clientState: 'secret-1', lifecycleEvent }] };
    expect(read(body)).toEqual({ kind: 'claims', claims: [claim({ says, remoteId: 's' })] });
  });

  it('is read as far as it can be', () => {
    expect(read({ value: [null, item({ clientState: null }), item()] })).toEqual({ kind: 'claims', claims: [claim()] });
    expect(read({ value: [] })).toEqual({ kind: 'claims', claims: [] });
  });

  it.each(['', 'null', '[]', '{}', '{"value":{}}', '<html>', '{"value":[1]}', '{"value":[{"subscriptionId":"s"}]}', '{"val'])(
    'is unreadable as %j',
    (body) => expect(read(body)).toMatchObject({ kind: 'unreadable' }),
  );
});

describe('a subscription', () => {
  let sandbox: Sandbox;
  let receiver: Server;
  let base = '';
  let readings: PushReading[] = [];
  let answersHandshake = true;
  let push: PushSubscriber & { renewsInPlace: true };
  let request: ChannelRequest;
  beforeEach(async () => {
    sandbox = await startSandbox({ clock: { now: () => NOW }, microsoftClients: [CLIENT] });
    sandbox.microsoft.addPerson({ email: ADA, name: 'Ada', timeZone: 'Europe/Berlin' });
    sandbox.microsoft.addPerson({ email: 'leo@acme.example', name: 'Leo', timeZone: 'UTC' });
    [readings, answersHandshake] = [[], true];
    receiver = createServer(async (call, response) => {
      const url = new URL(call.url ?? '', 'http://receiver');
      const reading = outlookPushReceiver.read({ headers: {}, query: Object.fromEntries(url.searchParams), body: await text(call) });
      readings.push(reading);
      if (reading.kind !== 'challenge') response.writeHead(202).end();
      else if (answersHandshake) response.writeHead(200, { 'content-type': 'text/plain' }).end(reading.answer);
      else response.writeHead(404).end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const bound = receiver.address();
    base = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
    push = open();
    request = requestFor('channel-1');
  });
  afterEach(async () => {
    await sandbox.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  function open(): PushSubscriber & { renewsInPlace: true } {
    const credentials = () => Promise.resolve({ accessToken: new Secret(sandbox.microsoft.connect(ADA).accessToken) });
    const client = new OutlookClient(
      { profile: 'read', fetch, now: () => instant(sandbox.clock.now()), credentials },
      { graphUrl: sandbox.microsoftUrl },
    );
    const made = outlookPushSubscriber(client);
    if (!made.renewsInPlace) throw new Error('expected renewal in place');
    return made;
  }

  const requestFor = (channelId: string, more: Partial<ChannelRequest> = {}): ChannelRequest => ({
    calendarId: sandbox.microsoft.defaultCalendar(ADA),
    channelId,
    address: `${base}/notices/${channelId}`,
    secret: new Secret('secret-1'),
    until: instant(NOW + 30 * DAY_MS),
    ...more,
  });
  const held = () => sandbox.microsoft.subscriptions();
  const meeting = (subject: string) => {
    const at = { dateTime: '2027-03-11T10:00:00', timeZone: 'UTC' };
    sandbox.microsoft.createEvent({ as: ADA }, { subject, start: at, end: { ...at, dateTime: '2027-03-11T11:00:00' } });
  };
  const claims = () => readings.flatMap((reading) => (reading.kind === 'claims' ? reading.claims : []));

  it('answers both handshakes, is for one calendar, and lives as long as it may', async () => {
    const channel = await push.subscribe(request);
    expect(readings.map(({ kind }) => kind)).toEqual(['challenge', 'challenge']);
    expect(held()).toMatchObject([
      {
        id: channel.remoteId,
        calendarId: request.calendarId,
        resource: `me/calendars/${request.calendarId}/events`,
        notificationUrl: request.address,
        lifecycleNotificationUrl: request.address,
        clientState: 'secret-1',
        changeTypes: ['created', 'updated', 'deleted'],
        expiresAtMs: channel.expiresAt,
        usesImmutableIds: true,
      },
    ]);
    expect(NOW + CHANNEL_LIFE_MS - channel.expiresAt).toBe(10 * MINUTE_MS);
    expect(channel.channelId).toBe('channel-1');
  });

  it('tells the end that was granted, also a later one than asked for', async () => {
    const channel = await push.subscribe(requestFor('short', { until: instant(NOW + 5 * MINUTE_MS) }));
    expect(channel.expiresAt).toBe(NOW + 45 * MINUTE_MS);
  });

  it('brings what changes, with our secret and its id', async () => {
    const { remoteId } = await push.subscribe(request);
    meeting('new');
    await vi.waitFor(() => expect(claims()).toEqual([{ secret: 'secret-1', says: 'changed', remoteId }]));
  });

  it('goes on when it is renewed, also after it asked to be authorized again', async () => {
    const channel = await push.subscribe(request);
    await sandbox.microsoft.lifecycle(channel.remoteId, 'reauthorizationRequired');
    expect(claims()).toEqual([{ secret: 'secret-1', says: 'lapsing', remoteId: channel.remoteId }]);
    sandbox.clock.advance(6 * DAY_MS);
    const renewed = await push.renew(channel, instant(NOW + 30 * DAY_MS));
    expect(renewed).toEqual({ ...channel, expiresAt: channel.expiresAt + 6 * DAY_MS });
    expect(held()).toMatchObject([{ isPaused: false, expiresAtMs: renewed.expiresAt }]);
  });

  it('that is gone is said to be gone, and nothing of its calendar', async () => {
    const channel = await push.subscribe(request);
    await sandbox.microsoft.lifecycle(channel.remoteId, 'subscriptionRemoved');
    expect(claims()).toEqual([{ secret: 'secret-1', says: 'ended', remoteId: channel.remoteId }]);
    await expect(push.renew(channel, request.until)).rejects.toMatchObject({ code: 'not-found', subject: 'channel' });
    await push.unsubscribe(channel);
  });

  it('can be ended twice', async () => {
    const channel = await push.subscribe(request);
    await push.unsubscribe(channel);
    expect(held()).toEqual([]);
    await push.unsubscribe(channel);
  });

  it('that is there already is a conflict, and no fault of the mailbox', async () => {
    await push.subscribe(request);
    await expect(push.subscribe(request)).rejects.toMatchObject({ code: 'conflict', subject: 'channel', status: 409, problem: null });
    expect(held()).toHaveLength(1);
  });

  it('is refused for an address that does not answer', async () => {
    answersHandshake = false;
    await expect(push.subscribe(request)).rejects.toMatchObject({
      code: 'invalid-request',
      subject: 'connection',
      reason: 'push-address-refused',
    });
    await expect(push.subscribe({ ...request, address: 'http://daymark.example/notices' })).rejects.toMatchObject({
      code: 'invalid-request',
      reason: 'push-address-refused',
    });
  });

  it('is for the own calendars only', async () => {
    const leos = sandbox.microsoft.defaultCalendar('leo@acme.example');
    sandbox.microsoft.setAccess(leos, ADA, 'read');
    await expect(push.subscribe({ ...request, calendarId: leos })).rejects.toMatchObject({
      code: 'invalid-request',
      subject: 'calendar',
      reason: 'push-unsupported',
    });
    await expect(push.subscribe({ ...request, calendarId: 'never' })).rejects.toMatchObject({ code: 'not-found', subject: 'calendar' });
  });

  it.each(['subscribe', 'renew', 'unsubscribe'] as const)(
    'does not take a page of something on the way for an answer to %s',
    async (call) => {
      const channel = await push.subscribe(request);
      const operation = { subscribe: 'create', renew: 'update', unsubscribe: 'delete' }[call];
      sandbox.faults.add({ operation: `graph.subscriptions.${operation}`, answer: { kind: 'status', status: 200, rawBody: '<html>' } });
      const asked = {
        subscribe: () => push.subscribe(requestFor('channel-2')),
        renew: () => push.renew(channel, request.until),
        unsubscribe: () => push.unsubscribe(channel),
      };
      await expect(asked[call]()).rejects.toMatchObject({ code: 'invalid-response' });
    },
  );
});
