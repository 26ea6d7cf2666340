import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';
import type { GoogleCaller } from '../testing/google-caller.ts';
import { googleCaller, meeting } from '../testing/google-caller.ts';

const LIST = 'calendars/primary/events';
let sandbox: Sandbox;
let ada: GoogleCaller;
let leo: GoogleCaller;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: { now: () => Date.parse('2026-11-20T08:00:00Z') } });
  ada = googleCaller(sandbox, sandbox.google.connect('ada@acme.example').accessToken);
  leo = googleCaller(sandbox, sandbox.google.connect('leo@acme.example').accessToken);
});
afterEach(() => sandbox.close());

async function limit(body: object): Promise<void> {
  const answer = await fetch(`${sandbox.controlUrl}/control/google/limits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

describe('F28 quotas that count by themselves', () => {
  it('refuses a person who asked too often, and nobody else, until tokens came back', async () => {
    await limit({ user: { requests: 3, windowSeconds: 60 } });
    for (let call = 0; call < 3; call += 1) expect((await ada('GET', LIST)).status).toBe(200);
    const refused = await ada('GET', LIST);
    expect([refused.status, refused.reason, refused.headers.get('retry-after')]).toEqual([403, 'userRateLimitExceeded', null]);
    expect((await leo('GET', LIST)).status).toBe(200);
    sandbox.clock.advance(20_000);
    expect([(await ada('GET', LIST)).status, (await ada('GET', LIST)).status]).toEqual([200, 403]);
  });

  it('refuses everybody at a client that asked too often, as 429 where that is wished, and says when to come back', async () => {
    await limit({ project: { requests: 2, windowSeconds: 60 }, status: 429, retryAfterSeconds: 30 });
    expect([(await ada('GET', LIST)).status, (await leo('GET', LIST)).status]).toEqual([200, 200]);
    const refused = await leo('GET', LIST);
    expect([refused.status, refused.reason, refused.headers.get('retry-after')]).toEqual([429, 'rateLimitExceeded', '30']);
  });

  it('takes three units for a patch', async () => {
    const { body } = await ada('POST', LIST, { body: meeting('2026-11-23', '10:00') });
    await limit({ user: { requests: 5, windowSeconds: 60 } });
    const patch = () => ada('PATCH', `${LIST}/${body.id}`, { body: { summary: 'Moved' } });
    expect([(await patch()).status, (await patch()).status, (await ada('GET', LIST)).status]).toEqual([200, 403, 200]);
  });

  it('refuses rapid writes on one calendar as operational limits, while reading goes on', async () => {
    await limit({ calendarWrites: { requests: 1, windowSeconds: 60 }, status: 429 });
    const write = () => ada('POST', LIST, { body: meeting('2026-11-23', '10:00') });
    expect((await write()).status).toBe(200);
    const refused = await write();
    expect([refused.status, refused.reason]).toEqual([403, 'quotaExceeded']);
    expect((await ada('GET', LIST)).body.items).toHaveLength(1);
    await limit({ calendarWrites: null });
    expect((await write()).status).toBe(200);
  });

  it('is off after a reset and by default', async () => {
    await limit({ user: { requests: 1, windowSeconds: 60 } });
    sandbox.reset();
    const again = googleCaller(sandbox, sandbox.google.connect('ada@acme.example').accessToken);
    for (let call = 0; call < 3; call += 1) expect((await again('GET', LIST)).status).toBe(200);
  });
});
