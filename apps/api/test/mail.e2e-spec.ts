import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { instant, UTC, type Instant, type Uuid } from '@daymark/domain';
import { MailChannel, type MailOutcome, type OutgoingMail } from '@daymark/reminders';
import { startSandbox, type CaughtMail, type Sandbox } from '@daymark/sandbox';
import { Mails } from '../src/mail/mails.ts';
import { SmtpMailChannel } from '../src/mail/smtp-mail-channel.ts';
import { until } from './support/google-world.ts';
import { headerOf, inTenant, seedMeeting, type MeetingSeed, type SeededMeeting } from './support/seeded-meetings.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import type { Json } from './support/request.ts';

/** The product's channel, which a test can make die once just before or just after a mail went. */
class MortalChannel extends MailChannel {
  inner: MailChannel | null = null;
  dies: 'before' | 'after' | null = null;

  override async send(mail: OutgoingMail): Promise<MailOutcome> {
    const dies = this.dies;
    this.dies = null;
    if (dies === 'before') throw new Error('killed');
    const outcome = await this.inner!.send(mail);
    if (dies === 'after') throw new Error('killed');
    return outcome;
  }
}

const channel = new MortalChannel();
const link = { status: 'ready', platform: 'Google Meet', join_url: 'https://meet.google.com/abc-defg-hij', required: false };
const lena = { email: 'lena@customer.example', name: 'Lena', zone: 'America/New_York' };
const HOUR = 3_600_000;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, overrides: [{ token: MailChannel, value: channel }] });
  channel.inner = test.get(SmtpMailChannel);
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

function soon(): Instant {
  return instant(Math.ceil((test.clock.now() + 30 * HOUR) / 1000) * 1000);
}

async function book(
  seed: Partial<MeetingSeed> = {},
  { isPlaced = null }: { readonly isPlaced?: boolean | null } = {},
): Promise<SeededMeeting> {
  return seedMeeting(test, tenant, { start: soon(), guests: [lena], conference: link, ...seed }, async (tx, meeting) => {
    if (isPlaced !== null) await place(tx, meeting, isPlaced);
    await test.get(Mails).confirm(tx, { tenantId: tenant.tenantId, meetingId: meeting.id, sequence: 0, notify: 'all' });
  });
}

async function deliveries(meeting: SeededMeeting, query = ''): Promise<Json[]> {
  return (await test.request('GET', `/v1/meetings/${meeting.wireId}/deliveries${query}`, { key: tenant.key })).body.data;
}

async function settled(meeting: SeededMeeting): Promise<Json[]> {
  return until(async () => {
    const all = await deliveries(meeting);
    return all.length > 0 && all.every(({ state }) => !['due', 'sending'].includes(state)) ? all : null;
  });
}

function mailsTo(email: string): readonly CaughtMail[] {
  return sandbox.mail.list({ to: email });
}

function calendarOf(mail: CaughtMail): string {
  const part =
    mail.attachments.find(({ mimeType }) => mimeType.startsWith('text/calendar')) ??
    mail.attachments.find(({ filename }) => filename === 'invite.ics');
  return Buffer.from(part?.base64 ?? '', 'base64')
    .toString('utf8')
    .replaceAll(/\r\n[ \t]/g, '');
}

describe('a confirmation', () => {
  it('SCH-10 goes once to each attendee, with a calendar file and the join link', async () => {
    const meeting = await book();
    await inTenant(test, tenant, (tx) =>
      test.get(Mails).confirm(tx, { tenantId: tenant.tenantId, meetingId: meeting.id, sequence: 0, notify: 'all' }),
    );
    const all = await settled(meeting);
    expect(all.map(({ kind, state, recipient }: Json) => [kind, state, recipient]).sort()).toEqual([
      ['confirmation', 'sent', lena.email],
      ['confirmation', 'sent', tenant.owner.email],
    ]);
    const [mail, ...more] = mailsTo(lena.email);
    expect(more).toEqual([]);
    expect(mail!.text).toContain(link.join_url);
    expect(mail!.html).toContain(link.join_url);
    expect(mail!.text).toContain('New York');
    expect(mail!.raw).toMatch(/text\/calendar;[^\n]*method=REQUEST/i);
    expect(calendarOf(mail!)).toContain(`UID:${meeting.wireId}@daymark`);
    expect(calendarOf(mail!)).toContain(link.join_url);
    expect(headerOf(mail!, 'from')).toContain('Acme');
    expect(mailsTo(tenant.owner.email)).toHaveLength(1);
  });

  it('waits for the join link, and carries the UID of the event that was written', async () => {
    const meeting = await book({ conference: { ...link, status: 'pending', join_url: null } });
    await until(async () => (await deliveries(meeting)).every(({ next_try_at }) => Date.parse(next_try_at) > test.clock.now()));
    expect(sandbox.mail.list()).toEqual([]);
    await inTenant(test, tenant, async (tx) => {
      await place(tx, meeting, true);
      await tx.query(`UPDATE meetings SET conference = $2 WHERE id = $1`, [meeting.id, JSON.stringify(link)]);
      await test.get(Mails).linkKnown(tx, meeting.id);
    });
    await settled(meeting);
    expect(mailsTo(lena.email)).toHaveLength(1);
    expect(mailsTo(lena.email)[0]!.text).toContain(link.join_url);
    expect(calendarOf(mailsTo(lena.email)[0]!)).toContain('UID:made-by@google.com');
  });

  it('F46 keeps its UID in all later mails, also when the event on the calendar came too late for it', async () => {
    const meeting = await book({}, { isPlaced: false });
    await until(async () => (await deliveries(meeting)).every(({ next_try_at }) => Date.parse(next_try_at) > test.clock.now()));
    test.clock.advance(61_000);
    await settled(meeting);
    await inTenant(test, tenant, async (tx) => {
      await tx.query(`UPDATE placements SET ical_uid = 'made-by@google.com', state = 'written' WHERE thing_id = $1`, [meeting.id]);
      await tx.query(`UPDATE meetings SET status = 'cancelled' WHERE id = $1`, [meeting.id]);
      await test.get(Mails).cancelled(tx, { tenantId: tenant.tenantId, meetingId: meeting.id, sequence: 0, notify: 'all', comment: null });
    });
    await until(async () => mailsTo(lena.email).length === 2);
    expect(mailsTo(lena.email).map((mail) => /UID:(\S+)/.exec(calendarOf(mail))?.[1])).toEqual([
      `${meeting.wireId}@daymark`,
      `${meeting.wireId}@daymark`,
    ]);
  });

  it('goes without the link after a minute and is followed up by one mail when the link comes', async () => {
    const meeting = await book({ conference: { ...link, status: 'pending', join_url: null } });
    test.clock.advance(61_000);
    await until(async () => mailsTo(lena.email).length === 1);
    expect(mailsTo(lena.email)[0]!.text).not.toContain('meet.google.com');
    await until(async () => (await deliveries(meeting)).filter(({ state }: Json) => state === 'due').length === 2);
    await inTenant(test, tenant, async (tx) => {
      await tx.query(`UPDATE meetings SET conference = $2 WHERE id = $1`, [meeting.id, JSON.stringify(link)]);
      await test.get(Mails).linkKnown(tx, meeting.id);
    });
    await settled(meeting);
    const mails = mailsTo(lena.email);
    expect(mails).toHaveLength(2);
    expect(mails[1]!.subject).toMatch(/^Join link: /);
    expect(mails[1]!.text).toContain(link.join_url);
  });

  it('F44 is not sent when the meeting was moved or cancelled before', async () => {
    const moved = await book({ conference: { ...link, status: 'pending', join_url: null } });
    const cancelled = await book({ conference: { ...link, status: 'pending', join_url: null } });
    const later = new Date(soon());
    await inTenant(test, tenant, async (tx) => {
      await tx.query(`UPDATE meetings SET start_at = $2, end_at = $3, sequence = 1, conference = $4 WHERE id = $1`, [
        moved.id,
        later,
        new Date(later.getTime() + HOUR),
        JSON.stringify(link),
      ]);
      await test.get(Mails).rescheduled(tx, {
        tenantId: tenant.tenantId,
        meetingId: moved.id,
        sequence: 1,
        notify: 'all',
        from: { start: soon(), end: soon() },
      });
      await tx.query(`UPDATE meetings SET status = 'cancelled' WHERE id = $1`, [cancelled.id]);
      await test.get(Mails).cancelled(tx, {
        tenantId: tenant.tenantId,
        meetingId: cancelled.id,
        sequence: 0,
        notify: 'external',
        comment: 'We meet next week instead.',
      });
    });
    test.clock.advance(61_000);
    const kinds = (all: Json[]) =>
      all
        .filter(({ recipient }) => recipient === lena.email)
        .map(({ kind, state }) => `${kind} ${state}`)
        .sort();
    expect(kinds(await settled(moved))).toEqual(['confirmation void', 'rescheduled sent']);
    expect(kinds(await settled(cancelled))).toEqual(['cancelled sent', 'confirmation void']);
    const mails = mailsTo(lena.email);
    expect(mails).toHaveLength(2);
    const cancelMail = mails.find(({ text }) => text.includes('We meet next week instead.'))!;
    expect(calendarOf(cancelMail)).toContain('METHOD:CANCEL');
    expect(mailsTo(tenant.owner.email).some(({ text }) => text.includes('We meet next week'))).toBe(false);
  });
});

describe('who is told', () => {
  it('F46 a guest who was taken off hears it once; nobody else does', async () => {
    const meeting = await book();
    await settled(meeting);
    sandbox.mail.clear();
    await inTenant(test, tenant, async (tx) => {
      await tx.query(`DELETE FROM attendees WHERE meeting_id = $1 AND kind = 'guest'`, [meeting.id]);
      for (let times = 0; times < 2; times += 1) {
        await test.get(Mails).uninvited(tx, {
          tenantId: tenant.tenantId,
          meetingId: meeting.id,
          guests: [{ email: lena.email, name: lena.name, zone: null, locale: 'de' }],
        });
      }
    });
    await settled(meeting);
    expect(sandbox.mail.list()).toHaveLength(1);
    expect(calendarOf(mailsTo(lena.email)[0]!)).toContain('METHOD:CANCEL');
  });

  it('F46 a guest who was taken off and comes back is invited again', async () => {
    const meeting = await book();
    await settled(meeting);
    sandbox.mail.clear();
    const tell = test.get(Mails);
    const about = { tenantId: tenant.tenantId, meetingId: meeting.id };
    const guest = (
      await inTenant(test, tenant, (tx) =>
        tx.query<Json[]>(`SELECT * FROM attendees WHERE meeting_id = $1 AND kind = 'guest'`, [meeting.id]),
      )
    )[0];
    await inTenant(test, tenant, async (tx) => {
      await tx.query(`DELETE FROM attendees WHERE id = $1`, [guest.id]);
      await tell.uninvited(tx, { ...about, guests: [{ email: lena.email, name: lena.name, zone: null, locale: null }] });
    });
    await settled(meeting);
    await inTenant(test, tenant, async (tx) => {
      await tx.query(`INSERT INTO attendees (id, tenant_id, meeting_id, email, kind) VALUES ($1, $2, $3, $4, 'guest')`, [
        guest.id,
        tenant.tenantId,
        meeting.id,
        lena.email,
      ]);
      await tell.confirm(tx, { ...about, sequence: 0, notify: 'all' });
      await tell.confirm(tx, { ...about, sequence: 0, notify: 'all' });
    });
    await settled(meeting);
    expect(mailsTo(lena.email).map((mail) => /METHOD:(\w+)/.exec(calendarOf(mail))?.[1])).toEqual(['CANCEL', 'REQUEST']);
    expect(mailsTo(tenant.owner.email)).toEqual([]);
  });

  it('guests of an event that is no meeting hear of its end', async () => {
    const event = {
      id: randomUUID() as Uuid,
      iCalUid: 'own@google.com',
      sequence: 2,
      title: 'Team lunch',
      start: soon(),
      end: instant(soon() + HOUR),
      zone: UTC,
      location: null,
      organizer: { email: tenant.owner.email, name: 'Owner' },
    };
    await inTenant(test, tenant, (tx) =>
      test.get(Mails).eventCancelled(tx, {
        tenantId: tenant.tenantId,
        event,
        guests: [{ email: lena.email, name: null, zone: null, locale: null }],
        comment: 'Kitchen is closed.',
      }),
    );
    await until(async () => mailsTo(lena.email).length === 1);
    expect(mailsTo(lena.email)[0]).toMatchObject({
      subject: expect.stringContaining('Team lunch'),
      text: expect.stringContaining('Kitchen is closed.'),
    });
    expect(calendarOf(mailsTo(lena.email)[0]!)).toContain('UID:own@google.com');
  });

  it('CON-13 F20 the owner of a lost account is asked once to connect it again', async () => {
    const connection = {
      id: randomUUID() as Uuid,
      tenantId: tenant.tenantId,
      userId: tenant.owner.userId,
      version: 4,
      accountEmail: 'ada@acme.example',
      provider: 'any',
    };
    await inTenant(test, tenant, (tx) => test.get(Mails).askToReconnect(tx, connection));
    await inTenant(test, tenant, (tx) => test.get(Mails).askToReconnect(tx, connection));
    await until(async () => mailsTo(tenant.owner.email).length > 0);
    expect(mailsTo(tenant.owner.email)).toMatchObject([
      { subject: 'Please connect ada@acme.example again', text: expect.stringContaining(`${test.baseUrl}/connections`) },
    ]);
  });
});

describe('the way out', () => {
  it.each(['before', 'after'] as const)('F45 a worker that dies %s a mail went repeats it under the same Message-ID', async (dies) => {
    channel.dies = dies;
    const meeting = await book({ guests: [] });
    await until(async () => (await deliveries(meeting))[0].problem !== null);
    test.clock.advance(60_000);
    await settled(meeting);
    const mails = mailsTo(tenant.owner.email);
    expect(mails).toHaveLength(dies === 'before' ? 1 : 2);
    expect(new Set(mails.map((mail) => headerOf(mail, 'message-id'))).size).toBe(1);
    expect((await deliveries(meeting))[0]).toMatchObject({ state: 'sent', attempts: 2, problem: null });
  });

  it('F45 a mail that a worker took and never came back for is sent by another', async () => {
    const meeting = await seedMeeting(test, tenant, { start: soon() }, async (tx, { id }) => {
      await test.get(Mails).confirm(tx, { tenantId: tenant.tenantId, meetingId: id, sequence: 0, notify: 'all' });
      await tx.query(`UPDATE mails SET state = 'sending', attempts = 1, lease_until = $2 WHERE meeting_id = $1`, [
        id,
        new Date(test.clock.now() + 120_000),
      ]);
    });
    expect(await deliveries(meeting)).toMatchObject([{ state: 'sending', attempts: 1 }]);
    test.clock.advance(121_000);
    expect(await settled(meeting)).toMatchObject([{ state: 'sent', attempts: 2 }]);
    expect(mailsTo(tenant.owner.email)).toHaveLength(1);
  });

  it('a lost reply is repeated under the same Message-ID', async () => {
    sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'reset' }, when: 'after', times: 1 });
    const meeting = await book({ guests: [] });
    await until(async () => (await deliveries(meeting))[0].problem !== null);
    test.clock.advance(60_000);
    await settled(meeting);
    expect(mailsTo(tenant.owner.email).map(({ wasAcknowledged }) => wasAcknowledged)).toEqual([false, true]);
    expect(new Set(mailsTo(tenant.owner.email).map((mail) => headerOf(mail, 'message-id'))).size).toBe(1);
  });

  it('what the server refuses is failed and says why; what it cannot take now is tried again', async () => {
    sandbox.faults.add({
      operation: 'smtp.message',
      answer: { kind: 'status', status: 550, message: 'No such mailbox' },
      times: 1,
      match: { to: lena.email },
    });
    sandbox.faults.add({
      operation: 'smtp.message',
      answer: { kind: 'status', status: 451, message: 'Try later' },
      times: 1,
      match: { to: tenant.owner.email },
    });
    const meeting = await book();
    const of = async (email: string): Promise<Json> => (await deliveries(meeting)).find(({ recipient }: Json) => recipient === email);
    await until(async () => (await of(lena.email)).state === 'failed');
    expect(await of(lena.email)).toMatchObject({ problem: { code: 'mail-failed', message: expect.stringContaining('No such mailbox') } });
    await until(async () => (await of(tenant.owner.email)).problem !== null);
    expect(await of(tenant.owner.email)).toMatchObject({ state: 'sending', problem: { message: expect.stringContaining('Try later') } });
    test.clock.advance(60_000);
    await settled(meeting);
    expect(await of(tenant.owner.email)).toMatchObject({ state: 'sent' });
    expect(mailsTo(lena.email)).toEqual([]);
  });

  it.each([
    '<script>alert(1)</script>',
    'Hi\r\nBcc: evil@evil.example\r\n\r\nbody',
    '{{constructor.constructor("x")()}} ${7*7}',
    '"><img src=x onerror=alert(1)>',
    '\u202Etxt.exe\u0007',
    '',
  ])('F50 a hostile title is text and nothing else: %j', async (title) => {
    const meeting = await book({ title, description: title, location: title, guests: [{ email: lena.email, name: title }] });
    await settled(meeting);
    const [mail, ...more] = mailsTo(lena.email);
    expect(more).toEqual([]);
    expect(sandbox.mail.list({ to: 'evil@evil.example' })).toEqual([]);
    expect(headerOf(mail!, 'bcc')).toBeNull();
    expect(mail!.subject).not.toMatch(/[\r\n\u202E]/);
    expect(mail!.html).not.toMatch(/<script|<img[^>]+onerror/i);
    expect(mail!.text).not.toContain('49');
  });

  it('shows the first page of deliveries and goes on behind it', async () => {
    const meeting = await book();
    await settled(meeting);
    const first = await test.request('GET', `/v1/meetings/${meeting.wireId}/deliveries?limit=1`, { key: tenant.key });
    expect(first.body).toMatchObject({ has_more: true, data: [{ subject: expect.stringContaining('Product demo') }] });
    const second = await test.request('GET', `/v1/meetings/${meeting.wireId}/deliveries?limit=1&cursor=${first.body.next_cursor}`, {
      key: tenant.key,
    });
    expect(second.body.has_more).toBe(false);
    expect(second.body.data[0].id).not.toBe(first.body.data[0].id);
  });
});

describe('the test mail', () => {
  it('REM-07 arrives, and says under which Message-ID', async () => {
    const { status, body } = await test.request('POST', '/v1/settings/mail/test', {
      key: tenant.key,
      body: { to: 'ada@acme.example' },
      headers: { 'Idempotency-Key': 'once' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: true, transport: `smtp://127.0.0.1:${sandbox.smtpPort}` });
    const again = await test.request('POST', '/v1/settings/mail/test', {
      key: tenant.key,
      body: { to: 'ada@acme.example' },
      headers: { 'Idempotency-Key': 'once' },
    });
    expect(again.body).toEqual(body);
    expect(mailsTo('ada@acme.example').map((mail) => headerOf(mail, 'message-id'))).toEqual([body.message_id]);
  });

  it('REM-07 shows what the server said', async () => {
    sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'status', status: 554, message: 'Relaying denied' }, times: 1 });
    const answer = await test.request('POST', '/v1/settings/mail/test', { key: tenant.key, body: { to: 'ada@acme.example' } });
    expect(answer).toMatchObject({ status: 502, body: { code: 'mail-failed', detail: expect.stringContaining('Relaying denied') } });
  });

  it('REM-07 without a mail server says what to set', async () => {
    const bare = await startTestApp();
    try {
      const { key } = await makeTenant(bare);
      expect(await bare.request('POST', '/v1/settings/mail/test', { key, body: { to: 'ada@acme.example' } })).toMatchObject({
        status: 502,
        body: { detail: expect.stringContaining('SMTP_URL') },
      });
    } finally {
      await bare.close();
    }
  });
});

type Tx = Parameters<Parameters<typeof inTenant>[2]>[0];

/** The meeting on a calendar, written there or still to be. */
async function place(tx: Tx, meeting: SeededMeeting, isWritten: boolean): Promise<void> {
  await tx.query(
    `INSERT INTO placements (id, tenant_id, thing_kind, thing_id, calendar_id, role, marker, ical_uid, wanted, state, created_at, updated_at)
     VALUES ($1, $2, 'meeting', $3, $4, 'organizer', $5, $6, '{}', $7, now(), now())`,
    [
      randomUUID(),
      tenant.tenantId,
      meeting.id,
      await makeCalendar(tx, tenant),
      randomUUID(),
      isWritten ? 'made-by@google.com' : null,
      isWritten ? 'written' : 'waiting',
    ],
  );
}

/** A calendar of the tenant's owner, for a placement to be on. */
async function makeCalendar(tx: Tx, { tenantId, owner }: TestTenant): Promise<string> {
  const [connectionId, calendarId] = [randomUUID(), randomUUID()];
  await tx.query(
    `INSERT INTO connections (id, tenant_id, user_id, provider, remote_account_id, account_email, access_profile, status, created_at, updated_at)
     VALUES ($1, $2, $3, 'any', $4, 'ada@acme.example', 'read_write', 'paused', now(), now())`,
    [connectionId, tenantId, owner.userId, randomUUID()],
  );
  await tx.query(
    `INSERT INTO calendars (id, tenant_id, connection_id, remote_id, name, access_role, created_at, updated_at) VALUES ($1, $2, $3, 'primary', 'Ada', 'owner', now(), now())`,
    [calendarId, tenantId, connectionId],
  );
  return calendarId;
}
