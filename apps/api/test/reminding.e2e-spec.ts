import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addMilliseconds, addMinutes, instant, type Instant } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { Reminding } from '../src/reminding/reminding.ts';
import { until } from './support/google-world.ts';
import { headerOf, inTenant, seedMeeting, type MeetingSeed, type SeededMeeting } from './support/seeded-meetings.ts';
import { makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import type { Json } from './support/request.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
});
afterEach(() => {
  sandbox.faults.clear();
  sandbox.mail.clear();
});
afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

const HOUR = 3_600_000;
const lena = { email: 'lena@customer.example', name: 'Lena' };

/** Far enough ahead for a whole day of reminders, on a full second. */
function inHours(hours: number): Instant {
  return instant(Math.ceil((test.clock.now() + hours * HOUR) / 1000) * 1000);
}

async function book(seed: MeetingSeed): Promise<SeededMeeting> {
  return seedMeeting(test, tenant, { guests: [lena], ...seed }, (tx, { id }) => test.get(Reminding).plan(tx, id));
}

async function change(
  meeting: SeededMeeting,
  sql: string,
  values: readonly unknown[] = [],
): Promise<{ readonly inserted: number; readonly voided: number; readonly underWay: number }> {
  return inTenant(test, tenant, async (tx) => {
    await tx.query(`UPDATE meetings SET ${sql} WHERE id = $1`, [meeting.id, ...values]);
    return test.get(Reminding).plan(tx, meeting.id);
  });
}

async function reminders(meeting: SeededMeeting, recipient = lena.email): Promise<Json[]> {
  const { body } = await test.request('GET', `/v1/meetings/${meeting.wireId}/reminders`, { key: tenant.key });
  return body.data.filter((one: Json) => one.recipient === recipient);
}

async function states(meeting: SeededMeeting): Promise<string[]> {
  return (await reminders(meeting)).map(({ lead_minutes, state }) => `${lead_minutes} ${state}`);
}

/** Moves the clock and waits until nothing is open that is due. */
async function moveTo(at: Instant, meeting: SeededMeeting): Promise<void> {
  test.clock.moveTo(at);
  await settled(meeting);
}

async function settled(meeting: SeededMeeting): Promise<void> {
  await until(async () =>
    (await reminders(meeting)).every(({ state, due_at }) => !['due', 'sending'].includes(state) || Date.parse(due_at) > test.clock.now()),
  );
}

function mailsTo(email: string) {
  return sandbox.mail.list({ to: email });
}

describe('reminders', () => {
  it('REM-01 come at each of their times, once per person, and tell the time where the person is', async () => {
    const start = inHours(30);
    const meeting = await book({
      start,
      reminders: [1440, 60, 10],
      guests: [{ ...lena, zone: 'America/New_York' }],
      conference: { status: 'ready', platform: 'Google Meet', join_url: 'https://meet.google.com/abc-defg-hij', required: false },
      preparation: [{ kind: 'link', title: 'Account notes', url: 'https://crm.example/deals/42' }],
    });
    expect(await states(meeting)).toEqual(['1440 due', '60 due', '10 due']);
    await moveTo(addMinutes(start, -1440), meeting);
    expect(await states(meeting)).toEqual(['1440 sent', '60 due', '10 due']);
    expect(mailsTo(lena.email)).toHaveLength(1);
    await moveTo(addMinutes(start, -60), meeting);
    await moveTo(addMinutes(start, -10), meeting);
    expect(await states(meeting)).toEqual(['1440 sent', '60 sent', '10 sent']);
    const mails = mailsTo(lena.email);
    expect(mails).toHaveLength(3);
    expect(new Set(mails.map((mail) => headerOf(mail, 'message-id'))).size).toBe(3);
    expect(mails[0]).toMatchObject({ subject: expect.stringContaining('Product demo') });
    expect(mails[0]!.text).toContain('New York');
    expect(mails[0]!.text).toContain('https://meet.google.com/abc-defg-hij');
    expect(mails[0]!.text).toContain(tenant.owner.email);
    expect(mails[0]!.text).not.toContain('Account notes');
    await until(async () => mailsTo(tenant.owner.email).length === 3);
    expect(mailsTo(tenant.owner.email)[0]!.text).toContain('Account notes');
  });

  it('F44 REM-06 go to the new time when a meeting is moved', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60, 10] });
    const later = addMilliseconds(start, 2 * HOUR);
    expect(
      await change(meeting, 'start_at = $2, end_at = $3, sequence = sequence + 1', [new Date(later), new Date(later + HOUR)]),
    ).toMatchObject({ voided: 4, inserted: 4 });
    await moveTo(addMinutes(start, -10), meeting);
    expect(mailsTo(lena.email)).toEqual([]);
    await moveTo(addMinutes(later, -10), meeting);
    const all = await reminders(meeting);
    expect(all.map(({ lead_minutes, state, reason }: Json) => [lead_minutes, state, reason])).toEqual([
      [60, 'void', 'moved'],
      [10, 'void', 'moved'],
      [60, 'sent', null],
      [10, 'sent', null],
    ]);
    expect(mailsTo(lena.email)).toHaveLength(2);
  });

  it('F44 a reminder whose plan was not redone is not sent for the old time', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [10] });
    await inTenant(test, tenant, (tx) =>
      tx.query(
        `UPDATE meetings SET start_at = start_at + interval '1 day', end_at = end_at + interval '1 day', sequence = 1 WHERE id = $1`,
        [meeting.id],
      ),
    );
    await moveTo(addMinutes(start, -10), meeting);
    expect(await reminders(meeting)).toMatchObject([{ state: 'void', reason: 'moved' }]);
    expect(mailsTo(lena.email)).toEqual([]);
  });

  it('F44 are not sent for a cancelled meeting', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60] });
    expect(await change(meeting, `status = 'cancelled'`)).toEqual({ inserted: 0, voided: 2, underWay: 0 });
    await moveTo(start, meeting);
    expect(await reminders(meeting)).toMatchObject([{ state: 'void', reason: 'cancelled' }]);
    expect(mailsTo(lena.email)).toEqual([]);
  });

  it('a cancel hears of a reminder that is on its way', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60], guests: [] });
    sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'slow', delayMs: 1500 }, times: 1 });
    test.clock.moveTo(addMinutes(start, -60));
    await until(async () => (await reminders(meeting, tenant.owner.email))[0].state === 'sending');
    expect(await change(meeting, `status = 'cancelled'`)).toMatchObject({ voided: 0, underWay: 1 });
  });

  it('REM-06 a new title or description sends nothing anew; taking a reminder off and back on keeps one', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60, 10] });
    await moveTo(addMinutes(start, -60), meeting);
    expect(await change(meeting, `title = 'Another title', description = 'More'`)).toEqual({ inserted: 0, voided: 0, underWay: 0 });
    expect(await change(meeting, `reminder_minutes = '{60}'`)).toMatchObject({ voided: 2 });
    expect(await change(meeting, `reminder_minutes = '{60,10}'`)).toMatchObject({ inserted: 2 });
    await moveTo(addMinutes(start, -10), meeting);
    expect(await states(meeting)).toEqual(['60 sent', '10 sent']);
    expect(mailsTo(lena.email).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('Product demo'),
      expect.stringContaining('Another title'),
    ]);
  });

  it('F45 after two hours of downtime the useful ones go once and stale ones are recorded as skipped', async () => {
    const start = inHours(30);
    const useful = await book({ start: addMilliseconds(start, HOUR), reminders: [90], title: 'Still ahead' });
    const stale = await book({ start, reminders: [60], title: 'Over' });
    await moveTo(addMilliseconds(start, HOUR - 60_000), useful);
    await settled(stale);
    expect(await reminders(useful)).toMatchObject([{ state: 'sent' }]);
    expect(await reminders(stale)).toMatchObject([{ state: 'skipped', reason: 'late' }]);
    expect(mailsTo(lena.email).map(({ subject }) => subject)).toEqual([expect.stringContaining('Still ahead')]);
  });

  it('times that had passed when the meeting was booked are recorded and not sent', async () => {
    const meeting = await book({ start: inHours(2), reminders: [1440, 60] });
    expect(await reminders(meeting)).toMatchObject([
      { lead_minutes: 1440, state: 'skipped', reason: 'past-at-planning' },
      { lead_minutes: 60, state: 'due' },
    ]);
  });

  it('do not go to those who declined, nor when mail is switched off', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60] });
    await inTenant(test, tenant, (tx) =>
      tx.query(`UPDATE attendees SET response = 'declined' WHERE meeting_id = $1 AND email = $2`, [meeting.id, lena.email]),
    );
    await inTenant(test, tenant, (tx) => tx.query(`UPDATE tenants SET settings = jsonb_set(settings, '{mail,is_enabled}', 'false')`));
    test.clock.moveTo(addMinutes(start, -60));
    await until(async () =>
      (await test.request('GET', `/v1/meetings/${meeting.wireId}/reminders`, { key: tenant.key })).body.data.every(
        ({ state }: Json) => state === 'void',
      ),
    );
    expect(await reminders(meeting)).toMatchObject([{ reason: 'not-attending' }]);
    expect(await reminders(meeting, tenant.owner.email)).toMatchObject([{ reason: 'mail is switched off for this tenant' }]);
    await inTenant(test, tenant, (tx) => tx.query(`UPDATE tenants SET settings = jsonb_set(settings, '{mail,is_enabled}', 'true')`));
    expect(sandbox.mail.list()).toEqual([]);
  });

  it('F45 a lost reply is repeated under the same Message-ID', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60], guests: [] });
    sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'reset' }, when: 'after', times: 1 });
    test.clock.moveTo(addMinutes(start, -60));
    const row = async (): Promise<Json> => (await reminders(meeting, tenant.owner.email))[0];
    await until(async () => (await row()).reason !== null);
    expect(await row()).toMatchObject({ state: 'sending', attempts: 1 });
    test.clock.advance(60_000);
    await until(async () => (await row()).state === 'sent');
    const mails = mailsTo(tenant.owner.email);
    expect(mails.map(({ wasAcknowledged }) => wasAcknowledged)).toEqual([false, true]);
    expect(new Set(mails.map((mail) => headerOf(mail, 'message-id'))).size).toBe(1);
  });

  it('F45 with several workers and lost replies each reminder is taken once per try and is one by its Message-ID', async () => {
    const second = await startTestApp({ sandbox, database: test.database });
    try {
      const start = inHours(30);
      const guests = Array.from({ length: 15 }, (_, n) => ({ email: `guest${n}@customer.example` }));
      const meeting = await book({ start, reminders: [60], guests });
      sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'reset' }, when: 'after', share: 0.2, times: 100 });
      const all = async (part: string): Promise<Json[]> =>
        (await test.request('GET', `/v1/meetings/${meeting.wireId}/${part}?limit=100`, { key: tenant.key })).body.data;
      const moveBothTo = (at: Instant): void => [test, second].forEach((app) => app.clock.moveTo(at));
      moveBothTo(addMinutes(start, -60));
      await until(async () => {
        const planned = await all('reminders');
        const open = (await all('deliveries')).filter(({ state }) => state === 'sending');
        const nextTry = Math.max(...open.map(({ next_try_at }) => Date.parse(next_try_at)));
        const isWaiting = open.length > 0 && open.every(({ problem }) => problem !== null) && planned.every(({ state }) => state !== 'due');
        if (isWaiting && nextTry > test.clock.now()) moveBothTo(instant(nextTry + 1));
        return planned.every(({ state }) => state === 'sent');
      }, 45_000);
      const mails = sandbox.mail.list();
      const perId = Map.groupBy(mails, (mail) => headerOf(mail, 'message-id'));
      expect(perId.size).toBe(16);
      expect([...perId.values()].map((some) => some.filter(({ wasAcknowledged }) => wasAcknowledged).length)).toEqual(
        Array.from({ length: 16 }, () => 1),
      );
      expect(mails.length).toBe((await all('reminders')).reduce((total, { attempts }) => total + attempts, 0));
      expect(mails.length).toBeGreaterThan(16);
    } finally {
      await second.close();
    }
  }, 60_000);

  it('a refused one is failed, with the words of the server, and among the deliveries', async () => {
    const start = inHours(30);
    const meeting = await book({ start, reminders: [60], guests: [] });
    sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'status', status: 550, message: 'No such mailbox' }, times: 1 });
    test.clock.moveTo(addMinutes(start, -60));
    await until(async () => (await reminders(meeting, tenant.owner.email))[0].state === 'failed');
    expect(await reminders(meeting, tenant.owner.email)).toMatchObject([{ reason: expect.stringContaining('No such mailbox') }]);
    const { body } = await test.request('GET', `/v1/meetings/${meeting.wireId}/deliveries?kind=reminder`, { key: tenant.key });
    expect(body.data).toMatchObject([
      {
        kind: 'reminder',
        state: 'failed',
        attempts: 1,
        problem: { code: 'mail-failed', message: expect.stringContaining('No such mailbox') },
      },
    ]);
  });

  it('are seen by those who attend and by nobody else', async () => {
    const meeting = await book({ start: inHours(30), reminders: [60] });
    const stranger = await signIn(test, await makeUser(test, tenant));
    const owner = await signIn(test, tenant.owner);
    const other = await makeTenant(test, { name: 'Globex' });
    const paths = ['reminders', 'deliveries'].map((part) => `/v1/meetings/${meeting.wireId}/${part}`);
    for (const path of paths) {
      expect(await test.request('GET', path, { session: owner })).toMatchObject({ status: 200 });
      expect(await test.request('GET', path, { session: stranger })).toMatchObject({ status: 404 });
      expect(await test.request('GET', path, { key: other.key })).toMatchObject({ status: 404 });
    }
  });
});
