import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { connect } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let ada: TestUser;
let leo: TestUser;
let schedule: Json;

/** The next Monday, at least a week ahead. */
const monday = (() => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 7 + ((8 - now.getUTCDay()) % 7)));
})();
const on = (dayOffset: number, time: string): string =>
  `${new Date(monday.getTime() + dayOffset * 86_400_000).toISOString().slice(0, 10)}T${time}:00Z`;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test, { name: 'Acme', zone: 'UTC' });
  ada = await makeUser(test, tenant, { email: 'ada@acme.example' });
  leo = await makeUser(test, tenant, { email: 'leo@acme.example' });
  for (const user of [ada, leo]) {
    sandbox.google.addPerson({ email: user.email, name: user.email, timeZone: 'UTC' });
    sandbox.google.createEvent(
      { as: user.email },
      { summary: 'Standing', start: { dateTime: on(0, '10:00') }, end: { dateTime: on(0, '11:00') } },
    );
  }
  sandbox.google.createEvent(
    { as: ada.email },
    { summary: 'Only Ada', start: { dateTime: on(0, '14:00') }, end: { dateTime: on(0, '15:00') } },
  );
  sandbox.google.createEvent(
    { as: ada.email },
    { summary: 'Free', transparency: 'transparent', start: { dateTime: on(0, '16:00') }, end: { dateTime: on(0, '17:00') } },
  );
  sandbox.google.createEvent(
    { as: ada.email },
    { summary: 'Away', start: { date: on(1, '00:00').slice(0, 10) }, end: { date: on(2, '00:00').slice(0, 10) } },
  );
  for (const user of [ada, leo]) await connect(test, tenant, { user, email: user.email });
  const made = await test.request('POST', '/v1/schedules', {
    key: tenant.key,
    body: {
      name: 'Office',
      time_zone: 'UTC',
      user_id: null,
      weekly: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: '09:00', end: '17:00' })),
    },
  });
  schedule = made.body;
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

async function slots(body: Record<string, unknown>): Promise<Json> {
  const answer = await test.request('POST', '/v1/availability/slots', {
    key: tenant.key,
    body: {
      participants: [{ members: [{ user_id: ada.id }] }],
      window: { start: on(0, '00:00'), end: on(1, '00:00') },
      duration_minutes: 30,
      step_minutes: 30,
      rules: { schedule_id: schedule.id },
      limit: 200,
      ...body,
    },
  });
  expect(answer.status).toBe(200);
  return answer.body;
}

const startsOf = (answer: Json): string[] => answer.data.map((slot: Json) => slot.start.slice(11, 16));

describe('slots', () => {
  it('of a person are the same by the id of the user and by that of the resource', async () => {
    const { data } = (await test.request('GET', '/v1/resources?limit=100', { key: tenant.key })).body;
    const resource = data.find((one: Json) => one.user_id === ada.id);
    expect(startsOf(await slots({ participants: [{ members: [{ resource_id: resource.id }] }] }))).toEqual(startsOf(await slots({})));
  });

  it('lie inside the hours and touch no busy time; free events do not block', async () => {
    const starts = startsOf(await slots({}));
    expect(starts[0]).toBe('09:00');
    expect(starts).not.toContain('10:00');
    expect(starts).not.toContain('10:30');
    expect(starts).not.toContain('14:30');
    expect(starts).toContain('16:00');
    expect(starts.at(-1)).toBe('16:30');
  });

  it('need everyone who is required, or as many of a group as it asks for', async () => {
    const both = startsOf(await slots({ participants: [{ members: [{ user_id: ada.id }, { user_id: leo.id }] }] }));
    expect(both).not.toContain('14:00');
    const one = await slots({ participants: [{ group: 'hosts', required: 1, members: [{ user_id: ada.id }, { user_id: leo.id }] }] });
    expect(one.data.find((slot: Json) => slot.start === on(0, '14:00')).members).toEqual([leo.id]);
    expect(startsOf(one)).not.toContain('10:00');
  });

  it('keep buffers against events and say in excluded why not', async () => {
    const answer = await slots({
      rules: { schedule_id: schedule.id, buffer_before: 10, buffer_after: 15 },
      step_minutes: 15,
      explain: true,
    });
    const starts = startsOf(answer);
    expect(starts).not.toContain('09:30');
    expect(starts).toContain('09:15');
    expect(starts).not.toContain('11:00');
    expect(starts).toContain('11:15');
    const reasons = answer.excluded.flatMap((span: Json) => span.reasons.map((reason: Json) => reason.code));
    expect(reasons).toEqual(expect.arrayContaining(['overlap', 'buffer_after', 'buffer_before', 'outside_hours']));
  });

  it('block a whole day that is all-day busy, and end where the calendars are known', async () => {
    expect((await slots({ window: { start: on(1, '00:00'), end: on(2, '00:00') } })).data).toEqual([]);
    const far = new Date(Date.now() + 400 * 86_400_000).toISOString();
    const beyond = await slots({ window: { start: far, end: new Date(Date.parse(far) + 5 * 86_400_000).toISOString() }, explain: true });
    expect(beyond.data).toEqual([]);
    expect(beyond.excluded[0].reasons.map((reason: Json) => reason.code)).toContain('outside_window');
  });

  it('follow a calendar that stops blocking at once', async () => {
    const { body } = await test.request('GET', `/v1/calendars?user_id=${ada.id}`, { key: tenant.key });
    const primary = body.data.find((one: Json) => one.primary);
    await test.request('PATCH', `/v1/calendars/${primary.id}`, { key: tenant.key, body: { read_busy: false } });
    expect(startsOf(await slots({}))).toContain('10:00');
    await test.request('PATCH', `/v1/calendars/${primary.id}`, { key: tenant.key, body: { read_busy: true } });
    expect(startsOf(await slots({}))).not.toContain('10:00');
  });

  it('say how fresh each calendar is; what is older than asked is busy, and fail_closed refuses', async () => {
    const fresh = await slots({});
    expect(fresh.calendar_statuses.every((one: Json) => one.state === 'fresh' && one.applied === 'current')).toBe(true);
    expect(fresh.freshness_policy).toEqual({ policy: 'use_last_known', max_age_seconds: 900 });
    const strict = await slots({ freshness: { max_age_seconds: 0 } });
    expect(strict.data).toEqual([]);
    expect(strict.calendar_statuses[0]).toMatchObject({ state: 'stale', applied: 'treated_as_busy' });
    const closed = await test.request('POST', '/v1/availability/slots', {
      key: tenant.key,
      body: {
        participants: [{ members: [{ user_id: ada.id }] }],
        window: { start: on(0, '00:00'), end: on(1, '00:00') },
        duration_minutes: 30,
        freshness: { policy: 'fail_closed', max_age_seconds: 0 },
      },
    });
    expect(closed.body.code).toBe('freshness-unmet');
    const live = await slots({ freshness: { policy: 'live_first', max_age_seconds: 0 } });
    expect(startsOf(live)).toEqual(startsOf(fresh));
    expect(live.calendar_statuses.some((one: Json) => one.applied === 'live')).toBe(true);
  });

  it('go on page after page without a gap', async () => {
    const all = startsOf(await slots({ step_minutes: 15 }));
    const paged: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page: Json = await slots({ step_minutes: 15, limit: 5, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...startsOf(page));
      if (!page.has_more) break;
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(all);
  });

  it('give the first one as next', async () => {
    const [first] = (await slots({})).data;
    const next = await test.request('POST', '/v1/availability/next', {
      key: tenant.key,
      body: {
        participants: [{ members: [{ user_id: ada.id }] }],
        window: { start: on(0, '00:00'), end: on(1, '00:00') },
        duration_minutes: 30,
        step_minutes: 30,
        rules: { schedule_id: schedule.id },
      },
    });
    expect(next.body.slot.start).toBe(first.start);
  });
});

describe('suggestions', () => {
  const ask = (body: Record<string, unknown>, key = tenant.key): Promise<{ status: number; body: Json }> =>
    test.request('POST', '/v1/availability/suggestions', {
      key,
      body: {
        participants: [{ members: [{ user_id: ada.id }] }],
        window: { start: on(0, '00:00'), end: on(5, '00:00') },
        duration_minutes: 30,
        rules: { schedule_id: schedule.id },
        ...body,
      },
    });

  it('are the best times, each on another day, with what their score is made of', async () => {
    const { status, body } = await ask({ limit: 3 });
    expect(status).toBe(200);
    const days = body.data.map(({ start }: { start: string }) => start.slice(0, 10));
    expect(new Set(days).size).toBe(3);
    expect(days).not.toContain(on(1, '00:00').slice(0, 10));
    const scores = body.data.map(({ score }: { score: number }) => score);
    expect(scores).toEqual(scores.toSorted((one: number, other: number) => other - one));
    expect(body).toMatchObject({ source: 'platform', freshness_policy: { policy: 'use_last_known' } });
    expect(body.data[0].factors.length).toBeGreaterThan(0);
  });

  it('AVL-10 say so when no calendar service can be asked for them', async () => {
    const { status, body } = await ask({ source: 'provider' });
    expect([status, body.code, body.who]).toEqual([409, 'suggestions-unavailable', 'caller']);
  });

  it('AVL-10 of a calendar service are of people only', async () => {
    const { data } = (await test.request('GET', '/v1/calendars', { key: tenant.key })).body;
    const { status, body } = await ask({ source: 'provider', participants: [{ members: [{ calendar_id: data[0].id }] }] });
    expect([status, body.code]).toEqual([422, 'validation-failed']);
  });
});

describe('free/busy and conflicts', () => {
  it('is the union of what the calendars hold', async () => {
    const { body } = await test.request('POST', '/v1/free-busy', {
      key: tenant.key,
      body: { subjects: [{ user_id: ada.id }], window: { start: on(0, '00:00'), end: on(1, '00:00') } },
    });
    expect(body.data[0]).toMatchObject({ subject: ada.id, error: null });
    expect(body.data[0].busy).toEqual([
      { start: on(0, '10:00'), end: on(0, '11:00') },
      { start: on(0, '14:00'), end: on(0, '15:00') },
    ]);
  });

  it('F42 does not call a mailbox free that nobody knows', async () => {
    const { body } = await test.request('POST', '/v1/free-busy', {
      key: tenant.key,
      body: { subjects: [{ email: 'stranger@elsewhere.example' }], window: { start: on(0, '00:00'), end: on(1, '00:00') } },
    });
    expect(body.data[0]).toMatchObject({ busy: [], error: { code: 'not-found' } });
    expect((await slots({ participants: [{ members: [{ email: 'stranger@elsewhere.example' }] }] })).data).toEqual([]);
  });

  describe('people by their address, who are no users', () => {
    const day = { start: on(0, '00:00'), end: on(1, '00:00') };
    const ask = (body: Record<string, unknown>, key = tenant.key): Promise<{ status: number; body: Json }> =>
      test.request('POST', '/v1/free-busy', { key, body: { window: day, ...body } });

    beforeAll(() => {
      sandbox.google.addPerson({ email: 'carl@acme.example', name: 'Carl', timeZone: 'UTC' });
      sandbox.google.createEvent(
        { as: 'carl@acme.example' },
        { summary: 'Dentist', start: { dateTime: on(0, '09:00') }, end: { dateTime: on(0, '12:00') } },
      );
    });

    it('AVL-02 are asked about at the service of somebody who is connected, each answered on its own', async () => {
      const { body } = await ask({ subjects: [{ email: 'Carl@acme.example' }, { email: 'nobody@acme.example' }, { user_id: leo.id }] });
      expect(body.data).toMatchObject([
        { subject: 'Carl@acme.example', busy: [{ start: on(0, '09:00'), end: on(0, '12:00') }], error: null },
        { subject: 'nobody@acme.example', busy: [], error: { code: 'not-found' } },
        { subject: leo.id, busy: [{ start: on(0, '10:00'), end: on(0, '11:00') }], error: null },
      ]);
      expect(body.calendar_statuses).toContainEqual(
        expect.objectContaining({ member: 'Carl@acme.example', state: 'fresh', applied: 'live', reason: null }),
      );
      expect(body.calendar_statuses).toContainEqual(
        expect.objectContaining({ member: 'nobody@acme.example', applied: 'treated_as_busy', reason: 'mailbox_unknown' }),
      );
    });

    it('AVL-02 take part in slots and conflicts with what their service tells', async () => {
      const participants = [{ members: [{ user_id: leo.id }, { email: 'carl@acme.example' }] }];
      const starts = (await slots({ participants })).data.map(({ start }: { start: string }) => start);
      expect(starts[0]).toBe(on(0, '12:00'));
      const { body } = await test.request('POST', '/v1/conflicts/check', {
        key: tenant.key,
        body: { start: on(0, '09:00'), end: on(0, '09:30'), participants, alternatives: 0 },
      });
      expect(body.conflicts).toMatchObject([{ code: 'overlap', member: 'carl@acme.example' }]);
    });

    it('AVL-02 are unknown, not free, while the service does not answer', async () => {
      sandbox.faults.add({ operation: 'freebusy.query', answer: { kind: 'status', status: 503 } });
      const { body } = await ask({ subjects: [{ email: 'carl@acme.example' }] });
      sandbox.faults.clear();
      expect(body.data).toMatchObject([{ busy: [], error: { code: 'provider-unavailable' } }]);
    });

    it('are asked about by the named connection, which has to be one that the caller sees', async () => {
      const { body: own } = await test.request('GET', '/v1/connections', { key: tenant.key });
      const stranger = await makeTenant(test, { name: 'Elsewhere', zone: 'UTC' });
      const subjects = [{ email: 'carl@acme.example' }];
      const { body } = await ask({ subjects, connection_id: own.data[0].id });
      expect(body.data[0].busy).toHaveLength(1);
      expect((await ask({ subjects, connection_id: own.data[0].id }, stranger.key)).status).toBe(404);
      expect((await ask({ subjects }, stranger.key)).body.data[0]).toMatchObject({ busy: [], error: { code: 'freshness-unmet' } });
    });
  });

  it('lists each thing that is in the way, in a sentence, with other times', async () => {
    const { body } = await test.request('POST', '/v1/conflicts/check', {
      key: tenant.key,
      body: {
        start: on(0, '14:30'),
        end: on(0, '15:00'),
        participants: [{ members: [{ user_id: ada.id }] }],
        rules: { schedule_id: schedule.id },
      },
    });
    expect(body.free).toBe(false);
    expect(body.conflicts[0]).toMatchObject({ code: 'overlap', title: 'Only Ada', member: ada.id });
    expect(body.conflicts[0].message).toContain('14:00');
    expect(body.alternatives).toHaveLength(3);
  });

  it('answers a profile and a date with slots and busy times', async () => {
    const profile = await test.request('POST', '/v1/scheduling-profiles', {
      key: tenant.key,
      body: {
        user_id: ada.id,
        name: 'Demo call',
        schedule_id: schedule.id,
        duration_minutes: 60,
        step_minutes: 60,
        round_to: 60,
        notice_minutes: 0,
      },
    });
    const { body } = await test.request('POST', `/v1/scheduling-profiles/${profile.body.id}/availability`, {
      key: tenant.key,
      body: { date: on(0, '00:00').slice(0, 10) },
    });
    expect(body.available_slots.map((slot: Json) => slot.start.slice(11, 16))).toEqual([
      '09:00',
      '11:00',
      '12:00',
      '13:00',
      '15:00',
      '16:00',
    ]);
    expect(body.busy_times).toHaveLength(2);
  });
});
