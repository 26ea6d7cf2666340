import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listOutlookCalendars, readCalendar } from './outlook-calendars.ts';
import { openOutlookWorld } from './testing/outlook-world.ts';
import { NOW, openSession } from './testing/outlook-session.ts';
import type { OutlookWorld } from './testing/outlook-session.ts';
import { ScriptedGraph } from './testing/scripted-graph.ts';

const mailbox = { owner: 'ada@example.org', zone: null };
const own = { id: 'c1', name: 'Calendar', canEdit: true, owner: { address: 'Ada@example.org', name: 'Ada' } };

describe('a calendar of Outlook', () => {
  it.each([
    ['owner', {}],
    ['writer', { owner: { address: 'bob@example.org' } }],
    ['reader', { owner: { address: 'bob@example.org' }, canEdit: false }],
    // Subscribed to on the web.
    ['reader', { canEdit: false }],
    ['reader', { canEdit: undefined }],
  ])('CON-04 gives the right of a %s', (accessRole, fields) => {
    expect(readCalendar({ ...own, ...fields }, mailbox)).toMatchObject({ accessRole, primary: false });
  });

  it.each([
    ['#0f6cbd', { color: 'auto', hexColor: '#0f6cbd' }],
    ['#a6d1f5', { color: 'lightBlue', hexColor: '' }],
    [null, { color: 'auto', hexColor: '' }],
    [null, { color: 'canary', hexColor: 'red' }],
  ])('has the colour %s', (color, fields) => {
    expect(readCalendar({ ...own, ...fields }, mailbox).color).toBe(color);
  });

  it('is primary only in its owner’s own list', () => {
    const shared = { ...own, isDefaultCalendar: true, owner: { address: 'bob@example.org' } };
    expect([readCalendar({ ...own, isDefaultCalendar: true }, mailbox).primary, readCalendar(shared, mailbox).primary]).toEqual([
      true,
      false,
    ]);
  });
});

describe('the list of calendars', () => {
  let world: OutlookWorld;
  beforeAll(async () => {
    world = await openOutlookWorld();
  });
  afterAll(() => world.close());
  beforeEach(() => world.reset(NOW));

  it('CON-04 takes zones from the mailbox, and none for calendars of others', async () => {
    await world.acts.share('writer');
    const calendars = await openSession(world).listCalendars();
    expect(calendars.map(({ accessRole, zone, conferenceTypes }) => [accessRole, zone, conferenceTypes])).toEqual([
      ['owner', 'Europe/Berlin', ['teamsForBusiness']],
      ['writer', null, ['teamsForBusiness']],
    ]);
  });

  it('CON-04 is there without zones where the settings may not be read', async () => {
    const scopes = ['Calendars.ReadWrite'];
    expect(await openSession(world, { scopes }).listCalendars()).toMatchObject([{ primary: true, zone: null }]);
  });

  it('F28 waits with the settings of the mailbox', async () => {
    world.sandbox.faults.add({ operation: 'graph.mailboxSettings.get', answer: { kind: 'status', status: 429, retryAfterSeconds: 3 } });
    await expect(openSession(world).listCalendars()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 3000 });
  });

  it('F09 is refused whole when one of it cannot be read, or its pages have no end', async () => {
    const one = new ScriptedGraph({ body: { value: [{ name: 'without id' }] } });
    await expect(listOutlookCalendars(one.client)).rejects.toMatchObject({ code: 'invalid-response' });
    const link = { value: [], '@odata.nextLink': 'https://graph.example/v1.0/me/calendars?$skiptoken=1' };
    const circle = new ScriptedGraph({ body: link }, { body: link }, { body: link });
    await expect(listOutlookCalendars(circle.client)).rejects.toMatchObject({ code: 'invalid-response' });
    expect(circle.calls).toHaveLength(2);
  });
});
