import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MicrosoftEvent } from '../microsoft/microsoft-types.ts';
import type { Sandbox } from '../start-sandbox.ts';
import { graphCaller } from '../testing/graph-caller.ts';
import { MICROSOFT_CLIENT, startMicrosoftSandbox } from '../testing/microsoft-world.ts';
import { MICROSOFT_DEMO_PEOPLE } from './microsoft-demo-people.ts';
import { seedMicrosoftDemo } from './seed-microsoft-demo.ts';

const LENA = 'lena@acme-studio.example';
const TARIQ = 'tariq@acme-studio.example';
const ROOM = 'atrium@acme-studio.example';
/** Today is Friday, 20 November. */
const THIS_WEEK = { from: '2026-11-16', until: '2026-11-21' };
const NEXT_WEEK = { from: '2026-11-23', until: '2026-11-28' };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startMicrosoftSandbox();
  seedMicrosoftDemo(sandbox.microsoft, { nowMs: sandbox.clock.now() });
});
afterAll(() => sandbox.close());

describe('Microsoft’s part of the demo', () => {
  it('is seeded once, mails nobody, and every mailbox answers as Graph would', async () => {
    expect(seedMicrosoftDemo(sandbox.microsoft, { nowMs: sandbox.clock.now() }).events).toBe(0);
    expect(sandbox.microsoft.mails()).toEqual([]);
    for (const { email } of MICROSOFT_DEMO_PEOPLE) {
      const call = graphCaller(sandbox, sandbox.microsoft.connect(email).accessToken);
      expect((await call('GET', 'me/calendars')).status).toBe(200);
      expect((await call('GET', 'me/events?$top=200')).status).toBe(200);
      expect((await call('GET', 'me/calendarView/delta?startDateTime=2026-11-01&endDateTime=2026-12-31')).status).toBe(200);
      expect((await week(email, NEXT_WEEK)).length).toBeGreaterThan(email === ROOM ? -1 : 0);
    }
  });

  it('has a series with an occurrence that was moved and one that was deleted', async () => {
    const dailies = (await week(LENA, NEXT_WEEK)).filter(({ subject }) => subject === 'Dailies');
    expect(dailies.map(({ start, type }) => [start?.dateTime.slice(0, 16), type])).toEqual([
      ['2026-11-23T08:15', 'occurrence'],
      ['2026-11-24T10:00', 'exception'],
      ['2026-11-25T08:15', 'occurrence'],
      ['2026-11-27T08:15', 'occurrence'],
    ]);
    expect(dailies[0]?.onlineMeeting?.joinUrl).toMatch(/^https:\/\/teams\.microsoft\.com\//);
  });

  it('has answers of each kind, a room that took the meeting, and one that the organizer called off', async () => {
    const budget = (await week(LENA, THIS_WEEK)).find(({ subject }) => subject === 'Budget round');
    expect(budget?.attendees?.map(({ emailAddress, type, status }) => [emailAddress.address, type, status.response])).toEqual([
      [TARIQ, 'required', 'declined'],
      ['ada@acme-studio.example', 'required', 'none'],
      [ROOM, 'resource', 'accepted'],
    ]);
    expect((await week(TARIQ, THIS_WEEK)).some(({ subject }) => subject === 'Budget round')).toBe(false);
    expect((await week(ROOM, THIS_WEEK)).map(({ subject }) => subject)).toContain('Budget round');
    const calledOff = (await week(LENA, NEXT_WEEK)).find(({ subject }) => subject === 'Trailer kick-off');
    expect(calledOff).toMatchObject({ isCancelled: true, isOrganizer: false });
  });

  it('has whole days, private things and somebody without Teams', async () => {
    const lena = await week(LENA, NEXT_WEEK);
    expect(lena.find(({ subject }) => subject === 'Works from Leipzig')).toMatchObject({ isAllDay: true, showAs: 'workingElsewhere' });
    expect(lena.find(({ subject }) => subject === 'Physiotherapy')).toMatchObject({ sensitivity: 'private' });
    const mia = graphCaller(sandbox, sandbox.microsoft.connect('mia.okafor@outlook.example').accessToken);
    const { body } = await mia('GET', 'me/calendar');
    expect(body).toMatchObject({ allowedOnlineMeetingProviders: [] });
  });

  it('has an organization where an administrator has to say yes: others come back without, the administrator can', async () => {
    expect(await decide('viktor@globex-freight.example', 'allow')).toEqual([403, null]);
    expect(await decide('viktor@globex-freight.example', 'return')).toEqual([302, 'error']);
    expect(await decide('greta@globex-freight.example', 'allow')).toEqual([302, 'code']);
    expect(await decide(LENA, 'allow')).toEqual([302, 'code']);
  });
});

/** On the consent page, without an earlier consent; gives the status and what is carried back to the application. */
async function decide(email: string, decision: string): Promise<[number, string | null]> {
  sandbox.microsoft.revokeGrants(email);
  const query = new URLSearchParams({
    client_id: MICROSOFT_CLIENT.id,
    redirect_uri: MICROSOFT_CLIENT.redirectUris[0] ?? '',
    response_type: 'code',
    scope: 'openid Calendars.Read',
    login_hint: email,
  });
  const url = `${sandbox.microsoftUrl}/common/oauth2/v2.0/authorize?${query}`;
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });
  const back = answer.headers.get('location');
  return [answer.status, back === null ? null : ([...new URL(back).searchParams.keys()][0] ?? null)];
}

async function week(email: string, { from, until }: { from: string; until: string }): Promise<readonly MicrosoftEvent[]> {
  const call = graphCaller(sandbox, sandbox.microsoft.connect(email).accessToken);
  const { body } = await call(
    'GET',
    `me/calendarView?startDateTime=${from}T00:00:00Z&endDateTime=${until}T00:00:00Z&$top=200&$orderby=start/dateTime`,
  );
  return body.value ?? [];
}
