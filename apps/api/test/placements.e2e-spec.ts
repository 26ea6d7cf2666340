import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, parseId, wallTimeOf, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import type { EventFields, ProviderEvent } from '@daymark/provider-contract';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { Database, type Transaction } from '../src/database/database.ts';
import { PlacementListeners } from '../src/placements/placement-listener.ts';
import type { Placement, Thing } from '../src/placements/placement.ts';
import { Placements, type PlacementView } from '../src/placements/placements.ts';
import { WritePlacementJob } from '../src/placements/write-placement.job.ts';
import { SystemIds } from '../src/ports/system-ports.ts';
import { connect, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const ZONE = 'Europe/Berlin' as ZoneId;
const ADA = 'ada@acme.example';
const BOB = 'bob@guests.example';

interface Heard {
  readonly what: 'written' | 'removed' | 'failed' | 'conference-failed';
  readonly placement: Placement;
  readonly event?: ProviderEvent;
  readonly code?: string;
}

/** Hears of every outcome, and can die in the middle of storing one. */
class RecordingListeners extends PlacementListeners {
  readonly heard: Heard[] = [];
  deaths = 0;

  override register(): void {}

  override of() {
    return {
      kind: 'meeting' as const,
      written: (_: Transaction, placement: Placement, event: ProviderEvent) => this.#hear({ what: 'written', placement, event }),
      removed: (_: Transaction, placement: Placement) => this.#hear({ what: 'removed', placement }),
      failed: (_: Transaction, placement: Placement, { code }: { code: string }) => this.#hear({ what: 'failed', placement, code }),
      conferenceFailed: (_: Transaction, placement: Placement, { code }: { code: string }) =>
        this.#hear({ what: 'conference-failed', placement, code }),
    };
  }

  async #hear(one: Heard): Promise<void> {
    if (this.deaths > 0) {
      this.deaths -= 1;
      throw new Error('killed between the call and the commit');
    }
    this.heard.push(one);
  }
}

const ids = new SystemIds();
const listeners = new RecordingListeners();
let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let calendarId: Uuid;
let connectionId: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, overrides: [{ token: PlacementListeners, value: listeners }] });
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: ADA, name: 'Ada', timeZone: ZONE });
  connectionId = (await connect(test, tenant, { email: ADA })).id;
  const calendars = await test.request('GET', '/v1/calendars', { key: tenant.key });
  calendarId = parseId('calendar', calendars.body.data.find((one: Json) => one.primary).id)!;
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

beforeEach(() => {
  sandbox.faults.clear();
  sandbox.journal.clear();
  sandbox.google.clearMails();
  sandbox.google.setConference({ delayMs: 0, fails: false });
  listeners.heard.length = 0;
});

let day = 2;

function fieldsOf(title: string, more: Partial<EventFields> = {}): EventFields {
  day += 1;
  const start = (Math.floor(Date.now() / DAY_MS) * DAY_MS + day * DAY_MS + 10 * 3_600_000) as Instant;
  const end = (start + 3_600_000) as Instant;
  return {
    title,
    description: null,
    location: null,
    recurrence: [],
    attendees: [],
    busy: true,
    visibility: 'default',
    reminders: null,
    time: { kind: 'timed', start, end, startWall: wallTimeOf(start, ZONE), endWall: wallTimeOf(end, ZONE), zone: ZONE },
    ...more,
  };
}

const inTenant = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => test.get(Database).withTenant(tenant.tenantId, work);

async function want(
  fields: EventFields,
  {
    thing = { kind: 'meeting', id: ids.next() },
    conference = false,
    notify = 'none',
  }: { thing?: Thing; conference?: boolean; notify?: 'none' | 'all' } = {},
): Promise<Thing> {
  await inTenant((tx) =>
    test.get(Placements).want(tx, { tenantId: tenant.tenantId, thing, calendarId, role: 'organizer', fields, conference, notify }),
  );
  return thing;
}

const withdraw = (thing: Thing): Promise<void> => inTenant((tx) => test.get(Placements).withdraw(tx, thing, { notify: 'none' }));

async function view(thing: Thing): Promise<PlacementView> {
  return (await inTenant((tx) => test.get(Placements).listOf(tx, thing)))[0]!;
}

const stateOf = (thing: Thing, state: PlacementView['state']): Promise<PlacementView> =>
  until(async () => {
    const now = await view(thing);
    return now.state === state && now;
  });

/** Moves the clock to the next try of what waits for one, but not so far that a lease under way would end. */
function skipWaits(views: readonly PlacementView[]): void {
  const waits = views.filter(({ state }) => state === 'waiting').map(({ nextTryAt }) => nextTryAt! - test.clock.now());
  const isRunning = waits.some((ms) => ms > 40_000);
  const next = Math.min(...waits.filter((ms) => ms > 0));
  if (!isRunning && Number.isFinite(next)) test.clock.advance(next);
}

const remoteEvents = (title: string) =>
  sandbox.google.events(ADA).filter((event) => event.summary === title && event.status !== 'cancelled');
const writes = () => ['events.insert', 'events.patch', 'events.delete'].flatMap((operation) => sandbox.journal.list({ operation }));

describe('a thing that is wanted on a calendar', () => {
  it('is there once, in the mirror at once, and at rest makes no further write', async () => {
    const thing = await want(fieldsOf('Plain'));
    const placed = await stateOf(thing, 'written');
    expect(remoteEvents('Plain')).toHaveLength(1);
    expect(placed).toMatchObject({
      remoteId: expect.any(String),
      iCalUid: expect.any(String),
      issue: null,
      nextTryAt: null,
      url: expect.stringMatching(/^https?:/),
    });
    const seen = await test.request(
      'GET',
      `/v1/events?from=${new Date().toISOString()}&to=${new Date(Date.now() + 60 * DAY_MS).toISOString()}&q=Plain`,
      { key: tenant.key },
    );
    expect(seen.body.data).toMatchObject([{ title: 'Plain', calendar_id: `cal_${calendarId.replaceAll('-', '')}` }]);
    await test.get(WritePlacementJob).handle({ tenantId: tenant.tenantId, placementId: placed.id });
    await inTenant((tx) => test.get(Placements).change(tx, thing, { fields: { title: 'Plain' }, notify: 'all' }));
    await stateOf(thing, 'written');
    expect(writes()).toHaveLength(1);
    expect(listeners.heard.filter(({ what }) => what === 'written')).toHaveLength(1);
  });

  it('F39 a change sends only what changed and leaves what a person did', async () => {
    const thing = await want(fieldsOf('Merged'));
    const { remoteId } = await stateOf(thing, 'written');
    sandbox.google.patchEvent({ as: ADA }, remoteId!, { location: 'Room 4', colorId: '3' });
    await inTenant((tx) => test.get(Placements).change(tx, thing, { fields: { title: 'Merged again' }, notify: 'none' }));
    await until(async () => sandbox.google.getEvent(ADA, remoteId!)?.summary === 'Merged again');
    expect(sandbox.google.getEvent(ADA, remoteId!)).toMatchObject({ summary: 'Merged again', location: 'Room 4', colorId: '3' });
    expect(sandbox.journal.list({ operation: 'events.patch' }).map(({ status }) => status)).toEqual([412, 200]);
    expect((await stateOf(thing, 'written')).issue).toBeNull();
  });

  it('F43 is taken away, and taking away what is gone already is done', async () => {
    const [one, other] = [await want(fieldsOf('Goes')), await want(fieldsOf('Gone already'))];
    await stateOf(one, 'written');
    const { remoteId } = await stateOf(other, 'written');
    sandbox.google.deleteEvent({ as: ADA }, remoteId!);
    for (const thing of [one, other]) await withdraw(thing);
    await stateOf(one, 'removed');
    await stateOf(other, 'removed');
    expect([...remoteEvents('Goes'), ...remoteEvents('Gone already')]).toEqual([]);
    expect(listeners.heard.filter(({ what }) => what === 'removed')).toHaveLength(2);
  });

  it('F06 what a person deleted is not made again', async () => {
    const thing = await want(fieldsOf('Deleted by hand'));
    const { remoteId } = await stateOf(thing, 'written');
    sandbox.google.deleteEvent({ as: ADA }, remoteId!);
    await inTenant((tx) => test.get(Placements).change(tx, thing, { fields: { title: 'Back?' }, notify: 'none' }));
    await stateOf(thing, 'removed');
    expect(sandbox.journal.list({ operation: 'events.insert' })).toHaveLength(1);
    expect(listeners.heard.at(-1)).toMatchObject({ what: 'removed', placement: { desired: 'present' } });
  });

  it('can be wanted again on the calendar from which it was taken', async () => {
    const fields = fieldsOf('Comes back');
    const thing = await want(fields);
    await stateOf(thing, 'written');
    await withdraw(thing);
    await stateOf(thing, 'removed');
    await want(fields, { thing });
    await stateOf(thing, 'written');
    expect(remoteEvents('Comes back')).toHaveLength(1);
  });

  it('F37 nobody is mailed unless asked', async () => {
    const guests = [{ email: BOB, name: null, optional: false }];
    const silent = await want(fieldsOf('Silent', { attendees: guests }));
    await stateOf(silent, 'written');
    await withdraw(silent);
    await stateOf(silent, 'removed');
    expect(sandbox.google.mails()).toEqual([]);
    const loud = await want(fieldsOf('Loud', { attendees: guests }), { notify: 'all' });
    await stateOf(loud, 'written');
    expect(sandbox.google.mails()).toMatchObject([{ kind: 'invitation' }]);
  });
});

describe('when the provider or a worker fails', () => {
  it.each([
    ['reset', { kind: 'reset' as const }],
    ['answered with 503', { kind: 'status' as const, status: 503 }],
  ])('F02 a create that was applied and whose reply was %s makes one event', async (name, answer) => {
    sandbox.faults.add({ operation: 'events.insert', when: 'after', answer });
    const thing = await want(fieldsOf(`Lost ${name}`));
    await until(async () => sandbox.journal.list({ operation: 'events.insert' }).length > 0 && (await view(thing)).state === 'waiting');
    test.clock.advance(10_000);
    await stateOf(thing, 'written');
    expect(remoteEvents(`Lost ${name}`)).toHaveLength(1);
  });

  it('F02 a withdrawal of what a lost create made leaves nothing', async () => {
    sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'reset' } });
    const thing = await want(fieldsOf('Taken back'), { notify: 'all' });
    await stateOf(thing, 'waiting');
    await withdraw(thing);
    await stateOf(thing, 'removed');
    expect(remoteEvents('Taken back')).toEqual([]);
  });

  it.each([
    ['and never arrived', {}],
    ['after it had arrived', { when: 'after' as const }],
  ])('F02 a removal that was lost %s, of what is wanted again, leaves one event', async (name, lost) => {
    const title = `Wanted again ${name}`;
    const fields = fieldsOf(title);
    const thing = await want(fields);
    await stateOf(thing, 'written');
    sandbox.faults.add({ operation: 'events.delete', ...lost, answer: { kind: 'reset' } });
    await withdraw(thing);
    await stateOf(thing, 'waiting');
    await want(fields, { thing });
    await stateOf(thing, 'written');
    expect(remoteEvents(title)).toHaveLength(1);
    expect(listeners.heard.map(({ what }) => what)).toEqual(['written', 'written']);
  });

  it('F02 what a lost create made, was taken back with a lost call and is wanted again, is there once', async () => {
    sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'reset' } });
    sandbox.faults.add({ operation: 'events.delete', when: 'after', answer: { kind: 'reset' } });
    const fields = fieldsOf('Back and forth');
    const thing = await want(fields);
    await stateOf(thing, 'waiting');
    await withdraw(thing);
    await until(async () => sandbox.journal.list({ operation: 'events.delete' }).length > 0 && (await view(thing)).state === 'waiting');
    await want(fields, { thing });
    await stateOf(thing, 'written');
    expect(remoteEvents('Back and forth')).toHaveLength(1);
  });

  it('F43 a storm of 503 is waited out, and says so meanwhile', async () => {
    sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'status', status: 503 }, times: 4 });
    const thing = await want(fieldsOf('Storm'));
    const waiting = await stateOf(thing, 'waiting');
    expect(waiting).toMatchObject({ issue: { code: 'provider-unavailable', who: 'nobody' }, nextTryAt: expect.any(Number) });
    await until(async () => {
      const now = await view(thing);
      skipWaits([now]);
      return now.state === 'written';
    });
    expect(remoteEvents('Storm')).toHaveLength(1);
    expect(await view(thing)).toMatchObject({ attempts: 0, issue: null });
  });

  it('F02 a worker that dies between the call and the commit is followed by another, and there is one event', async () => {
    listeners.deaths = 1;
    const thing = await want(fieldsOf('Killed'));
    await until(async () => listeners.deaths === 0);
    expect(await view(thing)).toMatchObject({ state: 'pending', remoteId: null });
    test.clock.advance(61_000);
    await stateOf(thing, 'written');
    expect(remoteEvents('Killed')).toHaveLength(1);
    expect(sandbox.journal.list({ operation: 'events.insert' }).length).toBeGreaterThan(1);
  });

  it('F31 two workers on one placement make one event, and the one that was overtaken stores nothing', async () => {
    sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'slow', delayMs: 1500 }, times: 1 });
    const thing = await want(fieldsOf('Doubled'));
    await until(async () => (await view(thing)).attempts === 1);
    test.clock.advance(61_000);
    const { id } = await view(thing);
    await Promise.all([1, 2].map(() => test.get(WritePlacementJob).handle({ tenantId: tenant.tenantId, placementId: id })));
    await stateOf(thing, 'written');
    await until(async () => sandbox.journal.list({ operation: 'events.insert' }).length === 2);
    await until(async () => test.logs.some((line) => line.includes('another worker took the placement over')));
    expect(remoteEvents('Doubled')).toHaveLength(1);
    expect(listeners.heard.filter(({ what }) => what === 'written')).toHaveLength(1);
  });

  it('F06 a change that is overtaken is put on top of the newer version, at most three times in a row', async () => {
    const thing = await want(fieldsOf('Overtaken'));
    await stateOf(thing, 'written');
    sandbox.faults.add({ operation: 'events.patch', answer: { kind: 'status', status: 412, reason: 'conditionNotMet' }, times: 6 });
    await inTenant((tx) => test.get(Placements).change(tx, thing, { fields: { title: 'On top' }, notify: 'none' }));
    expect((await stateOf(thing, 'waiting')).issue).toMatchObject({ code: 'provider-unavailable' });
    expect(sandbox.journal.list({ operation: 'events.patch' })).toHaveLength(4);
    test.clock.advance(10_000);
    await stateOf(thing, 'written');
    expect(remoteEvents('On top')).toHaveLength(1);
  });

  it('F02 a change whose reply was lost is found there and not written again', async () => {
    const thing = await want(fieldsOf('Lost update', { attendees: [{ email: BOB, name: null, optional: false }] }));
    await stateOf(thing, 'written');
    sandbox.faults.add({ operation: 'events.patch', when: 'after', answer: { kind: 'reset' } });
    await inTenant((tx) => test.get(Placements).change(tx, thing, { fields: { title: 'Found update' }, notify: 'all' }));
    await stateOf(thing, 'waiting');
    test.clock.advance(10_000);
    await stateOf(thing, 'written');
    expect(sandbox.journal.list({ operation: 'events.patch' }).filter(({ applied }) => applied)).toHaveLength(1);
    expect(sandbox.google.mails()).toHaveLength(1);
  });

  it('a wish that comes while a write is under way is written next', async () => {
    sandbox.faults.add({ operation: 'events.insert', answer: { kind: 'slow', delayMs: 400 } });
    const thing = await want(fieldsOf('Early'));
    await until(async () => (await view(thing)).attempts === 1);
    await inTenant((tx) => test.get(Placements).change(tx, thing, { fields: { title: 'Late' }, notify: 'none' }));
    await until(async () => remoteEvents('Late').length === 1);
    await stateOf(thing, 'written');
    expect(remoteEvents('Early')).toEqual([]);
  });

  it('F34 a calendar that may only be read is left alone, told once, and written when the right is back', async () => {
    sandbox.google.addPerson({ email: 'boss@acme.example', timeZone: ZONE });
    const shared = sandbox.google.addCalendar('boss@acme.example', { summary: 'Shared' });
    sandbox.google.setAccess(shared.id, ADA, 'writer');
    await test.request('POST', `/v1/connections/${connectionId}/refresh`, { key: tenant.key, body: {} });
    const calendars = await test.request('GET', '/v1/calendars', { key: tenant.key });
    const sharedView = calendars.body.data.find((one: Json) => one.name === 'Shared');
    if (sharedView.status !== 'active')
      await test.request('PATCH', `/v1/calendars/${sharedView.id}`, { key: tenant.key, body: { active: true } });
    sandbox.google.setAccess(shared.id, ADA, 'reader');
    const thing: Thing = { kind: 'meeting', id: ids.next() };
    await inTenant((tx) =>
      test.get(Placements).want(tx, {
        tenantId: tenant.tenantId,
        thing,
        calendarId: parseId('calendar', sharedView.id)!,
        role: 'copy',
        fields: fieldsOf('Shared thing'),
        conference: false,
        notify: 'none',
      }),
    );
    expect(await stateOf(thing, 'failed')).toMatchObject({ issue: { code: 'calendar-read-only' }, nextTryAt: null });
    expect(listeners.heard.filter(({ what }) => what === 'failed')).toMatchObject([{ code: 'calendar-read-only' }]);
    await test.request('POST', `/v1/connections/${connectionId}/refresh`, { key: tenant.key, body: {} });
    sandbox.google.setAccess(shared.id, ADA, 'writer');
    await test.request('POST', `/v1/connections/${connectionId}/refresh`, { key: tenant.key, body: {} });
    await stateOf(thing, 'written');
  });
});

describe('an account that has to be connected again', () => {
  it('keeps its placements waiting, without a call, and they are written when it is back', async () => {
    sandbox.google.addPerson({ email: 'cara@acme.example', timeZone: ZONE });
    const own = await connect(test, tenant, { email: 'cara@acme.example' });
    const { body } = await test.request('GET', `/v1/calendars?connection_id=${own.id}`, { key: tenant.key });
    sandbox.google.revokeGrants('cara@acme.example');
    sandbox.google.expireAccessTokens('cara@acme.example');
    const place = async (title: string): Promise<Thing> => {
      const thing: Thing = { kind: 'meeting', id: ids.next() };
      await inTenant((tx) =>
        test.get(Placements).want(tx, {
          tenantId: tenant.tenantId,
          thing,
          calendarId: parseId('calendar', body.data[0].id)!,
          role: 'organizer',
          fields: fieldsOf(title),
          conference: false,
          notify: 'none',
        }),
      );
      return thing;
    };
    const first = await place('Before');
    expect(await stateOf(first, 'waiting')).toMatchObject({ issue: { code: 'reauthorization-required', who: 'person' } });
    sandbox.journal.clear();
    const second = await place('After');
    await stateOf(second, 'waiting');
    expect(writes()).toEqual([]);
    await connect(test, tenant, { email: 'cara@acme.example' });
    for (const thing of [first, second]) await stateOf(thing, 'written');
    expect(
      sandbox.google
        .events('cara@acme.example')
        .map(({ summary }) => summary)
        .sort(),
    ).toEqual(['After', 'Before']);
  });
});

describe('a conference', () => {
  it('SCH-03 that is still being made is looked for until its link is there, and the owner hears of it again', async () => {
    sandbox.google.setConference({ delayMs: 60_000 });
    const thing = await want(fieldsOf('With Meet'), { conference: true });
    expect(await stateOf(thing, 'written')).toMatchObject({ conferenceState: 'pending' });
    expect(listeners.heard.at(-1)).toMatchObject({ what: 'written', event: { conference: { status: 'pending' } } });
    sandbox.clock.advance(61_000);
    test.clock.advance(2500);
    await until(async () => (await view(thing)).conferenceState === 'ready');
    expect(await view(thing)).toMatchObject({
      nextTryAt: null,
      conference: { status: 'ready', join_url: expect.stringMatching(/^https:\/\/meet/) },
    });
    expect(listeners.heard.at(-1)).toMatchObject({
      what: 'written',
      event: { conference: { status: 'ready', joinUrl: expect.stringMatching(/^https:\/\/meet/) } },
    });
    expect(sandbox.journal.list({ operation: 'events.patch' })).toEqual([]);
  });

  it('that cannot be made is told as failed, and the event stays', async () => {
    sandbox.google.setConference({ delayMs: 0, fails: true });
    const thing = await want(fieldsOf('Without Meet'), { conference: true });
    expect(await stateOf(thing, 'written')).toMatchObject({ conferenceState: 'failed', nextTryAt: null });
    expect(remoteEvents('Without Meet')).toHaveLength(1);
  });
});

describe('in bulk', () => {
  it('F02 of many creates, a third of which lose their reply, each makes exactly one event', async () => {
    sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'reset' }, share: 0.34, times: 1000 });
    const things = await Promise.all(Array.from({ length: 30 }, (_, index) => want(fieldsOf(`Many ${index}`))));
    for (let states: string[] = []; !(states.length > 0 && states.every((state) => state === 'written'));) {
      const views = await Promise.all(things.map(view));
      states = views.map(({ state }) => state);
      await Promise.all(
        views
          .filter(({ state }) => state !== 'written')
          .map(({ id }) => test.get(WritePlacementJob).handle({ tenantId: tenant.tenantId, placementId: id })),
      );
    }
    const made = sandbox.google.events(ADA).filter((event) => event.summary?.startsWith('Many ') && event.status !== 'cancelled');
    expect(made).toHaveLength(30);
    expect(sandbox.faults.list()[0]!.hits).toBeGreaterThan(9);
  });
});
