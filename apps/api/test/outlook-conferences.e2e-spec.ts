import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { passTime, until } from './support/google-world.ts';
import { PERSONAL, startOutlookWorld, type OutlookMember, type OutlookWorld } from './support/outlook-world.ts';
import type { Json } from './support/request.ts';

const TEAMS = /^https:\/\/teams\.microsoft\.com\//;
/** The clock runs ahead of the sync here, and what is on the calendar does not matter. */
const freshness = { max_age_seconds: 86_400 };

let world: OutlookWorld;

beforeAll(async () => {
  world = await startOutlookWorld();
}, 60_000);

afterEach(() => world.rest());
afterAll(() => world?.close());

const book = ({ user }: OutlookMember, body: Json) =>
  world.post('/v1/meetings', { title: 'Demo', duration_minutes: 30, hosts: [user.id], start: world.on(0, '10:00'), freshness, ...body });
const meeting = async (id: string): Promise<Json> =>
  (await world.test.request('GET', `/v1/meetings/${id}`, { key: world.tenant.key })).body;
const once = (id: string, look: (found: Json) => boolean): Promise<Json> =>
  until(async () => {
    const found = await meeting(id);
    return look(found) ? found : null;
  });
const isWritten = ({ placements }: Json): boolean => placements[0].state === 'written';
const remoteEvents = ({ email }: OutlookMember) => world.sandbox.microsoft.events(world.sandbox.microsoft.defaultCalendar(email));
const mailsTo = (email: string) => world.sandbox.mail.list({ to: email });

describe('a meeting on an Outlook calendar', () => {
  it('SCH-04 has the address of a Teams meeting, on the calendar and in the mail, and no guests on the copy', async () => {
    const host = await world.member();
    const { status, body } = await book(host, { conference: { required: true }, attendees: [{ email: 'guest@client.example' }] });
    expect([status, body.conference.status]).toEqual([201, 'pending']);
    const { conference } = await once(body.id, (found) => found.conference.status === 'ready');
    expect(conference.join_url).toMatch(TEAMS);
    expect(remoteEvents(host)).toMatchObject([{ subject: 'Demo', attendees: [], onlineMeeting: { joinUrl: conference.join_url } }]);
    await until(async () => mailsTo('guest@client.example').length === 1);
    expect(mailsTo('guest@client.example')[0]!.text).toContain(conference.join_url);
    expect(world.sandbox.microsoft.mails()).toEqual([]);
  });

  it('SCH-04 waits for an address that comes later, and tells it once', async () => {
    const host = await world.member();
    world.sandbox.microsoft.setConference({ delayMs: 20_000 });
    const { body } = await book(host, { conference: { required: true }, attendees: [{ email: 'late@client.example' }] });
    const pending = await once(body.id, isWritten);
    expect(pending.conference).toMatchObject({ status: 'pending', join_url: null });
    expect(remoteEvents(host)).toMatchObject([{ isOnlineMeeting: true, onlineMeeting: null }]);
    expect(mailsTo('late@client.example')).toEqual([]);
    passTime(world.test, 21_000);
    const { conference } = await once(body.id, (found) => found.conference.status === 'ready');
    expect(conference.join_url).toMatch(TEAMS);
    expect(remoteEvents(host)[0]?.onlineMeeting?.joinUrl).toBe(conference.join_url);
    await until(async () => mailsTo('late@client.example').length > 0);
    expect(mailsTo('late@client.example').map(({ text }) => text.includes(conference.join_url))).toEqual([true]);
  });

  it('SCH-04 keeps its address when it moves', async () => {
    const host = await world.member();
    const { body } = await book(host, { conference: { required: true } });
    const before = await once(body.id, (found) => found.conference.status === 'ready' && isWritten(found));
    const moved = await world.test.request('PATCH', `/v1/meetings/${body.id}`, {
      key: world.tenant.key,
      headers: { 'if-match': `"${before.version}"` },
      body: { start: world.on(0, '14:00') },
    });
    expect(moved.status).toBe(200);
    await until(async () => remoteEvents(host)[0]?.start?.dateTime.includes('T14:00') === true);
    expect((await once(body.id, isWritten)).conference).toMatchObject({ status: 'ready', join_url: before.conference.join_url });
    expect(remoteEvents(host)).toMatchObject([{ onlineMeeting: { joinUrl: before.conference.join_url } }]);
  });
});

describe('a meeting on the calendar of a personal account, which has no Teams', () => {
  it('SCH-04 is refused where a video meeting is required, and nothing is written', async () => {
    const host = await world.member({ domain: PERSONAL });
    const { status, body } = await book(host, { conference: { required: true } });
    expect([status, body.code]).toEqual([409, 'conference-unavailable']);
    expect(remoteEvents(host)).toEqual([]);
  });

  it('SCH-04 is booked without one where it is not', async () => {
    const host = await world.member({ domain: PERSONAL });
    const { status, body } = await book(host, { conference: { required: false }, attendees: [{ email: 'plain@client.example' }] });
    expect([status, body.conference]).toEqual([201, null]);
    await once(body.id, isWritten);
    expect(remoteEvents(host)).toMatchObject([{ subject: 'Demo', isOnlineMeeting: false }]);
    await until(async () => mailsTo('plain@client.example').length === 1);
  });
});
