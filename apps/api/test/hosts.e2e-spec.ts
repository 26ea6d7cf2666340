import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { connect, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeUser, type TestUser } from './support/tenants.ts';

const GUEST = 'guest@client.example';

let world: BookingWorld;
let team: TestUser[];
let day = '';

beforeAll(async () => {
  world = await startBookingWorld();
  const { test, tenant, sandbox } = world;
  team = [world.ada, world.leo];
  for (const name of ['mia', 'noa', 'pia', 'tom']) {
    const user = await makeUser(test, tenant, { email: `${name}@acme.example` });
    sandbox.google.addPerson({ email: user.email, name, timeZone: 'Europe/Berlin' });
    await connect(test, tenant, { user, email: user.email });
    team.push(user);
  }
  for (const [user, name, zone] of [
    [world.ada, 'Ada', 'Asia/Tokyo'],
    [world.leo, 'Leo', 'Europe/Berlin'],
  ] as const) {
    const path = `/v1/users/${user.id}`;
    const changed = await test.request('PATCH', path, { key: tenant.key, body: { name, time_zone: zone } });
    expect(changed.status).toBe(200);
  }
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  day = world.nextDay();
});

const idsOf = (meeting: Json): string[] => meeting.hosts.map((one: Json) => one.user_id);
const writtenTo = (email: string, title: string) =>
  until(async () => world.sandbox.mail.list({ to: email }).find(({ subject }) => subject.includes(title)) ?? null);
const calendarOf = async (user: TestUser): Promise<Json> =>
  (await world.test.request('GET', `/v1/calendars?user_id=${user.id}&writable=true`, { key: world.tenant.key })).body.data[0];

describe('several hosts', () => {
  it('are told in the order of the request, whatever it is', async () => {
    for (const [round, hosts] of [team, team.toReversed(), [team[3]!, team[0]!, team[5]!, team[1]!]].entries()) {
      const ids = hosts.map(({ id }) => id);
      const { body } = await world.book({ hosts: ids, start: `${day}T1${round}:00:00Z` });
      expect(idsOf(body)).toEqual(ids);
      expect(body.calendar_id).toBe((await calendarOf(hosts[0]!)).id);
      const mails = body.steps.filter(({ kind }: Json) => kind === 'mail').map(({ recipient }: Json) => recipient);
      expect(mails).toEqual(hosts.map(({ email }) => email));
    }
  });

  it('are told in the order of the groups by quick-book, only those who are taken', async () => {
    await world.book({ hosts: [team[2]!.id], start: `${day}T10:00:00Z` });
    const of = (users: readonly TestUser[]) => users.map(({ id }) => ({ user_id: id }));
    const { body } = await world.test.request('POST', '/v1/meetings/quick-book', {
      key: world.tenant.key,
      body: {
        title: 'Quick',
        window: { start: `${day}T10:00:00Z`, end: `${day}T10:30:00Z` },
        participants: [
          { group: 'sales', required: 2, members: of([team[5]!, team[2]!, team[4]!, team[3]!]) },
          { group: 'engineering', required: 'all', members: of([team[1]!, team[0]!]) },
        ],
      },
    });
    expect(idsOf(body)).toEqual([team[5]!, team[4]!, team[1]!, team[0]!].map(({ id }) => id));
  });

  it('have the owner of the calendar that holds the event first', async () => {
    const [ada, leo, mia] = team as [TestUser, TestUser, TestUser];
    const { body } = await world.book({
      hosts: [ada.id, mia.id, leo.id],
      calendar_id: (await calendarOf(leo)).id,
      start: `${day}T10:00:00Z`,
    });
    expect(idsOf(body)).toEqual([leo.id, ada.id, mia.id]);
  });

  it('are all named in the mails, as hosts', async () => {
    const [ada, leo] = team as [TestUser, TestUser];
    await world.booked({ title: 'Both', hosts: [ada.id, leo.id], attendees: [{ email: GUEST }], start: `${day}T10:00:00Z` });
    const { text } = await writtenTo(GUEST, 'Both');
    expect(text).toContain('You are meeting Ada and Leo.');
    expect(text).toMatch(
      /Ada <ada@acme.example> \(host\)\n {2}Leo <leo@acme.example> \(host\)\n {2}guest@client.example \(no answer yet\)/,
    );
    for (const { email } of [ada, leo]) expect((await writtenTo(email, 'Both')).text).toContain('The meeting is in the calendar.');
  });
});

describe('the line with the time for the host', () => {
  it('is by the clocks of the host, and not in mails that have the same', async () => {
    await world.booked({
      title: 'Far away',
      hosts: [world.ada.id, world.leo.id],
      time_zone: 'Europe/Berlin',
      attendees: [
        { email: GUEST, time_zone: 'America/New_York' },
        { email: 'tokyo@client.example', time_zone: 'Asia/Tokyo' },
        { email: 'berlin@client.example' },
      ],
      start: `${day}T10:00:00Z`,
    });
    const line = /For the host: .*7:00 – 7:30 PM, Japan Standard Time \(Asia\/Tokyo\)/;
    expect((await writtenTo(GUEST, 'Far away')).text).toMatch(line);
    expect((await writtenTo('berlin@client.example', 'Far away')).text).toMatch(line);
    for (const email of ['tokyo@client.example', world.ada.email, world.leo.email])
      expect((await writtenTo(email, 'Far away')).text).not.toContain('For the host');
    expect((await writtenTo(world.ada.email, 'Far away')).text).toContain('(Asia/Tokyo)');
  });
});
