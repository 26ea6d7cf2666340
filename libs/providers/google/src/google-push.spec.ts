import { DAY_MS, Secret, instant } from '@daymark/domain';
import type { ChannelRequest, PushDelivery } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { NOW, ScriptedGoogle, refusal } from './testing/scripted-google.ts';
import type { Answer } from './testing/scripted-google.ts';
import { GoogleProvider } from './google.provider.ts';

const provider = new GoogleProvider({ clientId: 'c', clientSecrets: [new Secret('s')] });

describe('a notice', () => {
  const headers = {
    'x-goog-channel-id': '4ba78bf0-6a47-11e2-bcfd-0800200c9a66',
    'x-goog-channel-token': 'secret-1',
    'x-goog-channel-expiration': 'Tue, 01 Sep 2026 12:00:00 GMT',
    'x-goog-resource-id': 'ret08u3rv24htgh289g',
    'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/ada%40example.org/events',
    'x-goog-resource-state': 'exists',
    'x-goog-message-number': '10',
  };
  const read = (more: PushDelivery['headers']) => provider.push.read({ headers: { ...headers, ...more }, query: {}, body: '' });
  const changed = { kind: 'claims', claims: [{ secret: 'secret-1', says: 'changed', remoteId: 'ret08u3rv24htgh289g' }] };

  it.each(['exists', 'not_exists', 'a_new_word'])('says to look when the calendar is %s', (state) => {
    expect(read({ 'x-goog-resource-state': state })).toEqual(changed);
  });

  it('is nothing to look at when it greets', () => {
    expect(read({ 'x-goog-resource-state': 'sync', 'x-goog-message-number': '1' })).toEqual({ kind: 'claims', claims: [] });
  });

  it.each(['x-goog-channel-id', 'x-goog-channel-token', 'x-goog-resource-state'])('cannot be read without %s', (name) => {
    expect(read({ [name]: undefined })).toMatchObject({ kind: 'unreadable' });
    expect(read({ [name]: '' })).toMatchObject({ kind: 'unreadable' });
  });

  it('bears whatever secret it came with, for the host to judge', () => {
    expect(read({ 'x-goog-channel-token': 'forged' })).toMatchObject({ claims: [{ secret: 'forged' }] });
  });
});

describe('watching', () => {
  const request: ChannelRequest = {
    calendarId: 'ada@example.org',
    channelId: '01234567-89ab-cdef-0123-456789abcdef',
    address: 'https://daymark.example/notices/google/01234567-89ab-cdef-0123-456789abcdef',
    secret: new Secret('canary-secret'),
    until: instant(NOW + 30 * DAY_MS),
  };
  const granted = { kind: 'api#channel', id: request.channelId, resourceId: 'ret08u3rv24htgh289g', token: 'canary-secret' };
  const open = (...answers: Answer[]) => {
    const google = new ScriptedGoogle(...answers);
    const { push } = provider.open(google.access('read'));
    if (push === undefined) throw new Error('expected push');
    return { google, push };
  };

  it('asks with our id, our secret and the longest wish', async () => {
    const { google, push } = open({ body: { ...granted, expiration: String(NOW + 7 * DAY_MS) } });
    await push.subscribe(request);
    expect(google.last).toMatchObject({
      method: 'POST',
      body: {
        id: request.channelId,
        type: 'web_hook',
        address: request.address,
        token: 'canary-secret',
        expiration: String(NOW + 30 * DAY_MS),
      },
    });
    expect(google.last.url.pathname).toBe('/calendar/v3/calendars/ada%40example.org/events/watch');
  });

  it.each([
    ['text', String(NOW + 7 * DAY_MS), NOW + 7 * DAY_MS],
    ['a number', NOW + 7 * DAY_MS, NOW + 7 * DAY_MS],
    ['nothing, as for one without an end', undefined, NOW + 30 * DAY_MS],
  ])('takes the end that was granted, as %s', async (_form, expiration, expiresAt) => {
    const { push } = open({ body: { ...granted, expiration } });
    expect(await push.subscribe(request)).toEqual({ channelId: request.channelId, remoteId: 'ret08u3rv24htgh289g', expiresAt });
  });

  it.each([
    ['no handle', { ...granted, resourceId: undefined }],
    ['an end in words', { ...granted, expiration: 'next week' }],
    ['an empty object', {}],
  ])('does not take %s for a channel', async (_what, body) => {
    const { push } = open({ body });
    await expect(push.subscribe(request)).rejects.toMatchObject({ code: 'invalid-response', subject: 'calendar' });
  });

  it('tells a calendar that is not watched from one that is not there', async () => {
    const { push } = open(refusal(400, 'pushNotSupportedForRequestedResource'), refusal(404, 'notFound'));
    await expect(push.subscribe(request)).rejects.toMatchObject({ code: 'invalid-request', reason: 'push-unsupported' });
    await expect(push.subscribe(request)).rejects.toMatchObject({ code: 'not-found', subject: 'calendar' });
  });

  it('stops by both ids', async () => {
    const { google, push } = open({ status: 204 });
    await push.unsubscribe({ channelId: request.channelId, remoteId: 'ret08u3rv24htgh289g', expiresAt: NOW });
    expect(google.last.url.pathname).toBe('/calendar/v3/channels/stop');
    expect(google.last.body).toEqual({ id: request.channelId, resourceId: 'ret08u3rv24htgh289g' });
  });

  it('takes what is gone for stopped, and nothing else', async () => {
    const channel = { channelId: request.channelId, remoteId: 'r', expiresAt: NOW };
    const { push } = open(refusal(404, 'notFound'), refusal(410, 'deleted'), { status: 404, text: '<html>' }, refusal(503, 'backendError'));
    await push.unsubscribe(channel);
    await push.unsubscribe(channel);
    await expect(push.unsubscribe(channel)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(push.unsubscribe(channel)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is not offered where events are hidden', () => {
    expect(provider.open(new ScriptedGoogle().access('free_busy')).push).toBeUndefined();
    expect(provider.open(new ScriptedGoogle().access('read_write')).push).toBeDefined();
  });
});
