import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestWorld } from './testing/google-caller.ts';
import { meeting, startTestWorld } from './testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

const EVENTS = 'calendars/primary/events';

function stored(): number {
  return world.sandbox.google.events('ada@acme.example').length;
}

describe('faults', () => {
  it('F02 a reset after the write: the event is there, the answer is not', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'reset' } });
    await expect(world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', { id: 'event0001' }) })).rejects.toThrow();
    expect(stored()).toBe(1);
    expect(world.sandbox.journal.list({ operation: 'events.insert' })).toMatchObject([
      {
        status: null,
        applied: true,
        account: 'ada@acme.example',
        rule: 'fault-1',
        key: { calendarId: 'ada@acme.example', eventId: 'event0001' },
      },
    ]);
    expect((await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', { id: 'event0001' }) })).reason).toBe('duplicate');
  });

  it('an error before the write leaves nothing, in Google’s own form', async () => {
    world.sandbox.faults.add({ operation: 'events.*', answer: { kind: 'status', status: 429, retryAfterSeconds: 7 } });
    const answer = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    expect([answer.status, answer.reason, answer.headers.get('retry-after'), stored()]).toEqual([429, 'rateLimitExceeded', '7', 0]);
    expect((await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') })).status).toBe(200);
  });

  it('hits the nth call, so many times, only where it matches', async () => {
    const match = { account: 'ada@acme.example', calendarId: 'ada@acme.example' };
    world.sandbox.faults.add({
      operation: 'events.list',
      nth: 2,
      times: 2,
      match,
      answer: { kind: 'status', status: 503, reason: 'backendError' },
    });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      await world.leo('GET', EVENTS);
      statuses.push((await world.ada('GET', EVENTS)).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('F02 hits an even share of many calls', async () => {
    world.sandbox.faults.add({ operation: 'events.list', share: 0.3, times: 100, answer: { kind: 'status', status: 500 } });
    let failed = 0;
    for (let count = 0; count < 20; count += 1) if ((await world.ada('GET', EVENTS)).status === 500) failed += 1;
    expect(failed).toBe(6);
  });

  it('a timeout never answers, and closing ends it', async () => {
    world.sandbox.faults.add({ operation: 'events.list', answer: { kind: 'timeout' } });
    const response = fetch(`${world.sandbox.googleUrl}/calendar/v3/${EVENTS}`, { signal: AbortSignal.timeout(200) });
    await expect(response).rejects.toThrow(/timeout/i);
  });

  it('a slow answer is a true answer', async () => {
    world.sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 20 } });
    expect((await world.ada('GET', EVENTS)).status).toBe(200);
  });

  it('an HTML page from a front end', async () => {
    world.sandbox.faults.add({ operation: 'events.list', answer: { kind: 'status', status: 502, rawBody: '<html>Bad Gateway</html>' } });
    const token = world.sandbox.google.connect('ada@acme.example').accessToken;
    const response = await fetch(`${world.sandbox.googleUrl}/calendar/v3/${EVENTS}`, { headers: { authorization: `Bearer ${token}` } });
    expect([response.status, await response.text()]).toEqual([502, '<html>Bad Gateway</html>']);
  });

  it('reaches the token endpoint with its own form of error', async () => {
    world.sandbox.faults.add({ operation: 'oauth.token', answer: { kind: 'status', status: 400, reason: 'invalid_grant' } });
    const response = await fetch(`${world.sandbox.googleUrl}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token' }),
    });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
  });
});

describe('the journal', () => {
  it('tells writes from reads and carries the caller’s request id', async () => {
    await world.ada('POST', EVENTS, {
      body: meeting('2026-11-23', '10:00', { id: 'event0001' }),
      headers: { 'x-request-id': 'request-1' },
    });
    await world.ada('GET', EVENTS);
    await world.ada('GET', `${EVENTS}/nothing00`);
    const { journal } = world.sandbox;
    expect(journal.list({ applied: true }).map(({ operation, requestId }) => [operation, requestId])).toEqual([
      ['events.insert', 'request-1'],
    ]);
    expect(journal.list({ operation: 'events.*' }).map(({ status }) => status)).toEqual([200, 200, 404]);
    journal.clear();
    expect(journal.list()).toEqual([]);
  });
});
