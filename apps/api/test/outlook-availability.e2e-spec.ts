import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, until } from './support/google-world.ts';
import { PERSONAL, startOutlookWorld, type OutlookMember, type OutlookWorld } from './support/outlook-world.ts';
import type { Json } from './support/request.ts';

let world: OutlookWorld;
let schedule: Json;

beforeAll(async () => {
  world = await startOutlookWorld();
  const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: '09:00', end: '12:00' }));
  schedule = (await world.post('/v1/schedules', { name: 'Mornings', time_zone: 'UTC', user_id: null, weekly })).body;
}, 60_000);

afterEach(() => world.rest());
afterAll(() => world?.close());

/** Of the first of the days, by their times. */
const freeTimes = async (member: object): Promise<string[]> => {
  const { body } = await world.post('/v1/availability/slots', {
    participants: [{ members: [member] }],
    window: { start: world.on(0, '00:00'), end: world.on(1, '00:00') },
    duration_minutes: 60,
    step_minutes: 60,
    rules: { schedule_id: schedule.id },
  });
  return body.data.map(({ start }: Json) => start.slice(11, 16));
};
const freeBusy = (body: Json) =>
  world.post('/v1/free-busy', { window: { start: world.on(0, '00:00'), end: world.on(1, '00:00') }, ...body });
const suggestions = (members: readonly object[], more: Json = {}) =>
  world.post('/v1/availability/suggestions', {
    source: 'provider',
    participants: [{ members }],
    window: { start: world.on(0, '09:00'), end: world.on(0, '12:00') },
    duration_minutes: 60,
    ...more,
  });
const memberWith = (from: string, until: string, domain?: string): Promise<OutlookMember> =>
  world.member({ domain, seed: (email) => void world.add(email, 'Taken', world.at(0, from, until)) });

describe('a person with calendars at two services', () => {
  it('AVL-04 is busy in both: what is only in Outlook takes the slot of who books in Google', async () => {
    const { user, email } = await memberWith('09:00', '10:00');
    world.sandbox.google.addPerson({ email: 'both@acme.example', timeZone: 'UTC' });
    world.sandbox.google.createEvent(
      { as: 'both@acme.example' },
      { summary: 'In Google', start: { dateTime: world.on(0, '11:00') }, end: { dateTime: world.on(0, '12:00') } },
    );
    const google = await connect(world.test, world.tenant, { user, email: 'both@acme.example' });
    const { body } = await world.test.request('GET', `/v1/calendars?connection_id=${google.id}`, { key: world.tenant.key });
    expect(await freeTimes({ user_id: user.id })).toEqual(['10:00']);

    const booking = { title: 'Demo', duration_minutes: 60, hosts: [user.id], calendar_id: body.data[0].id };
    const refused = await world.post('/v1/meetings', { ...booking, start: world.on(0, '09:00') });
    expect([refused.status, refused.body.code]).toEqual([409, 'slot-taken']);
    const made = await world.post('/v1/meetings', { ...booking, start: world.on(0, '10:00') });
    expect(made).toMatchObject({ status: 201, body: { calendar_id: body.data[0].id } });
    await until(async () => world.sandbox.google.events('both@acme.example').some(({ summary }) => summary === 'Demo'));
    expect(world.sandbox.microsoft.events(world.sandbox.microsoft.defaultCalendar(email)).map(({ subject }) => subject)).toEqual(['Taken']);
  });
});

describe('people by their address, who are no users', () => {
  it('AVL-02 are asked about in the organisation of somebody who is connected, each answered on its own', async () => {
    await world.member();
    const [colleague, nobody] = [world.person(), 'nobody@acme.example'];
    world.add(colleague, 'Dentist', world.at(0, '09:00', '11:00'));
    const { status, body } = await freeBusy({ subjects: [{ email: colleague }, { email: nobody }] });
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      { subject: colleague, busy: [{ start: world.on(0, '09:00'), end: world.on(0, '11:00') }], error: null },
      { subject: nobody, busy: [], error: { code: 'not-found' } },
    ]);
    expect(await freeTimes({ email: colleague })).toEqual(['11:00']);
    expect(await freeTimes({ email: nobody })).toEqual([]);
  });

  it('AVL-02 F42 are unknown to a personal account, not free', async () => {
    const { connection } = await world.member({ domain: PERSONAL });
    const { status, body } = await freeBusy({ subjects: [{ email: world.person() }], connection_id: connection.id });
    expect(status).toBe(200);
    expect(body.data[0]).toMatchObject({ busy: [], error: expect.anything() });
  });
});

describe('times that Outlook proposes', () => {
  it('AVL-10 are its list with its confidence', async () => {
    const asker = await memberWith('09:00', '10:00');
    const colleague = await memberWith('11:00', '12:00');
    const nobody = 'nobody@acme.example';
    const { status, body } = await suggestions([{ user_id: asker.user.id }, { user_id: colleague.user.id }]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ source: 'provider', as_of: null });
    expect(body.data).toEqual([
      expect.objectContaining({
        start: world.on(0, '10:00'),
        end: world.on(0, '11:00'),
        score: 1,
        members: [asker.user.id, colleague.user.id],
        attendees: [{ member: colleague.user.id, state: 'free' }],
      }),
    ]);
    const unsure = await suggestions([{ user_id: asker.user.id }, { email: nobody }, { email: colleague.email }], { limit: 1 });
    expect(unsure.body.data).toMatchObject([
      { start: world.on(0, '10:00'), score: 0.745, attendees: [{ state: 'unknown' }, { state: 'free' }] },
    ]);
  });

  it('AVL-10 are not those of the platform, which does without Outlook', async () => {
    const { user } = await world.member();
    world.sandbox.faults.add({ operation: 'graph.*', answer: { kind: 'status', status: 503 }, times: 99 });
    const { status, body } = await suggestions([{ user_id: user.id }], { source: 'platform', rules: { schedule_id: schedule.id } });
    expect([status, body.source]).toEqual([200, 'platform']);
    expect(body.data.length).toBeGreaterThan(0);
  });

  it('AVL-10 are none for a personal account, which is said, named or not', async () => {
    const { user, connection } = await world.member({ domain: PERSONAL });
    for (const more of [{}, { connection_id: connection.id }]) {
      const { status, body } = await suggestions([{ user_id: user.id }], more);
      expect([status, body.code, body.who]).toEqual([409, 'suggestions-unavailable', 'caller']);
    }
    expect((await world.test.request('GET', `/v1/connections/${connection.id}`, { key: world.tenant.key })).body).toMatchObject({
      status: 'active',
      last_error: null,
    });
  });

  it('AVL-10 come from the account of an organisation where a person has a personal one too', async () => {
    const { user } = await world.member({ domain: PERSONAL });
    await connect(world.test, world.tenant, { user, email: world.person(), provider: 'outlook' });
    const { status, body } = await suggestions([{ user_id: user.id }], { limit: 1 });
    expect(status).toBe(200);
    expect(body.data).toMatchObject([{ start: world.on(0, '09:00'), score: 1, members: [user.id] }]);
  });
});
