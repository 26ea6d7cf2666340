import { Test } from '@nestjs/testing';
import { Module } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { addMilliseconds, addMinutes, Clock, parseInstant, parseZone } from '@daymark/domain';
import type { Instant, MeetingStatus } from '@daymark/domain';
import { MailChannel } from './mail-channel.ts';
import type { MailOutcome, OutgoingMail } from './mail-channel.ts';
import { planReminders } from './plan-reminders.ts';
import type { PlannedReminder, ReminderState } from './plan-reminders.ts';
import { ReminderDispatcher } from './reminder-dispatcher.service.ts';
import { ReminderStore } from './reminder-store.ts';
import type { ClaimRequest, ClaimResult } from './reminder-store.ts';
import { RemindersModule } from './reminders.module.ts';

const start = parseInstant('2027-03-30T07:00:00Z');
const zone = parseZone('Europe/Berlin');

class TestClock extends Clock {
  at = parseInstant('2027-03-23T07:00:00Z');
  now(): Instant {
    return this.at;
  }
}

interface Row extends PlannedReminder {
  record: { state: ReminderState; reason: string | null; attempt: number; nextTryAt: Instant; messageId: string | null };
}

/** What a database would hold. Each method runs without a pause, as a transaction would. */
class MemoryStore extends ReminderStore {
  readonly rows = new Map<string, Row>();
  readonly meeting = { sequence: 0, start, status: 'booked' as MeetingStatus, recipientEmails: [] as string[], title: 'Planning' };
  isDatabaseDown = false;

  async claim(id: string, { now, leaseUntil, decide }: ClaimRequest): Promise<ClaimResult> {
    const row = this.rows.get(id);
    if (row === undefined || !['planned', 'sending'].includes(row.record.state) || now < row.record.nextTryAt) return { kind: 'nothing' };
    const decision = decide(
      { sequence: row.sequence, email: row.recipient.email, leadMinutes: row.leadMinutes, dueAt: row.dueAt },
      this.meeting,
    );
    if (decision.kind === 'wait') return { kind: 'nothing' };
    if (decision.kind !== 'send') {
      Object.assign(row.record, { state: decision.kind === 'void' ? 'void' : 'skipped', reason: decision.reason });
      return { kind: 'dropped', decision };
    }
    Object.assign(row.record, { state: 'sending', attempt: row.record.attempt + 1, nextTryAt: leaseUntil });
    const meeting = {
      id: row.meetingId,
      sequence: row.sequence,
      title: this.meeting.title,
      start,
      end: addMinutes(start, 60),
      zone,
      description: null,
      location: null,
      joinUrl: 'https://meet.test/abc',
      manageUrl: null,
      hosts: [],
      attendees: [],
      iCalUid: null,
    };
    const branding = { name: 'Acme', color: '#112233', logoUrl: null, footer: null };
    return {
      kind: 'claimed',
      reminder: { id, key: row.key, attempt: row.record.attempt, recipient: row.recipient, meeting, branding, preparation: [] },
    };
  }

  async markSent(id: string, { messageId }: { messageId: string }): Promise<void> {
    if (this.isDatabaseDown) throw new Error('connection refused');
    this.write(id, { state: 'sent', messageId });
  }

  async markFailed(id: string, { reason }: { reason: string }): Promise<void> {
    this.write(id, { state: 'failed', reason });
  }

  async markUnknown(id: string, { reason, nextTryAt }: { reason: string; nextTryAt: Instant }): Promise<void> {
    this.write(id, { reason, nextTryAt });
  }

  private write(id: string, change: Partial<Row['record']>): void {
    Object.assign(this.rows.get(id)?.record ?? {}, change);
  }
}

class MemoryChannel extends MailChannel {
  readonly mails: OutgoingMail[] = [];
  answer: (mail: OutgoingMail) => MailOutcome | Promise<MailOutcome> = () => ({ kind: 'accepted', response: '250 ok' });

  async send(mail: OutgoingMail): Promise<MailOutcome> {
    this.mails.push(mail);
    return this.answer(mail);
  }
}

async function setUp(people = 1, leadMinutes = [60]) {
  const [clock, store, channel] = [new TestClock(), new MemoryStore(), new MemoryChannel()];
  const ports = [
    { provide: Clock, useValue: clock },
    { provide: ReminderStore, useValue: store },
    { provide: MailChannel, useValue: channel },
  ];
  class Ports {}
  Module({ providers: ports, exports: ports.map((port) => port.provide) })(Ports);
  const app = await Test.createTestingModule({
    imports: [RemindersModule.register({ imports: [Ports], messageIdDomain: 'mail.day.test' })],
  }).compile();
  const recipients = Array.from({ length: people }, (_, index) => ({
    email: `p${index}@corp.test`,
    name: 'Ada\r\nBcc: evil@x.test',
    zone,
    locale: 'en',
  }));
  store.meeting.recipientEmails = recipients.map(({ email }) => email);
  for (const row of planReminders({ meeting: { ...store.meeting, id: 'mtg_1' }, recipients, leadMinutes, now: clock.now() })) {
    store.rows.set(row.key, { ...row, record: { state: row.state, reason: null, attempt: 0, nextTryAt: 0 as Instant, messageId: null } });
  }
  const ids = [...store.rows.keys()];
  const id = ids[0] ?? '';
  return { clock, store, channel, dispatcher: app.get(ReminderDispatcher), ids, id, record: store.rows.get(id)?.record };
}

const dueAt = addMinutes(start, -60);

describe('a due reminder', () => {
  it('is sent once, at each of its times, and not before', async () => {
    const { clock, dispatcher, channel, ids } = await setUp(1, [1440, 60, 10]);
    const sentAt: number[] = [];
    for (const minutesBefore of [1441, 1440, 61, 60, 11, 10, 9, 0]) {
      clock.at = addMinutes(start, -minutesBefore);
      for (const id of ids) if ((await dispatcher.dispatch(id)) === 'sent') sentAt.push(minutesBefore);
    }
    expect(sentAt).toEqual([1440, 60, 10]);
    expect(new Set(channel.mails.map((mail) => mail.messageId)).size).toBe(3);
    expect(channel.mails[0]).toMatchObject({
      to: { email: 'p0@corp.test', name: 'Ada Bcc: evil@x.test' },
      subject: expect.stringContaining('Planning'),
      calendar: null,
    });
    expect(channel.mails[0]?.text).toContain('https://meet.test/abc');
  });

  it('F45 goes out once when four workers and their repeats take it', async () => {
    const { clock, dispatcher, channel, ids } = await setUp(50);
    clock.at = dueAt;
    await Promise.all([1, 2, 3, 4].flatMap(() => ids.map((id) => dispatcher.dispatch(id))));
    expect(channel.mails).toHaveLength(50);
  });

  it('F45 carries the same Message-ID when its outcome was unknown and it is repeated', async () => {
    const { clock, dispatcher, channel, id, record } = await setUp();
    channel.answer = () => {
      throw new Error('socket closed after DATA');
    };
    clock.at = dueAt;
    expect(await dispatcher.dispatch(id)).toBe('to-be-repeated');
    expect(record).toMatchObject({ state: 'sending', reason: 'socket closed after DATA' });
    expect(await dispatcher.dispatch(id)).toBe('nothing');
    channel.answer = () => ({ kind: 'accepted', response: '250' });
    clock.at = addMilliseconds(dueAt, 30_000);
    expect(await dispatcher.dispatch(id)).toBe('sent');
    expect(channel.mails.map((mail) => mail.messageId)).toEqual([record?.messageId, record?.messageId]);
  });

  it('F45 is claimed again, with the same Message-ID, when the worker died after the send', async () => {
    const { clock, store, dispatcher, channel, id, record } = await setUp();
    clock.at = dueAt;
    store.isDatabaseDown = true;
    await expect(dispatcher.dispatch(id)).rejects.toThrow('connection refused');
    store.isDatabaseDown = false;
    expect(await dispatcher.dispatch(id)).toBe('nothing');
    clock.at = addMinutes(dueAt, 2);
    expect(await dispatcher.dispatch(id)).toBe('sent');
    expect(new Set(channel.mails.map((mail) => mail.messageId))).toEqual(new Set([record?.messageId]));
  });

  it('F45 after two hours of standstill is sent if its meeting has not started, else skipped and recorded', async () => {
    const { clock, store, dispatcher, channel, ids } = await setUp(1, [180, 60]);
    clock.at = addMinutes(start, -1);
    const outcomes = [];
    for (const id of ids) outcomes.push(await dispatcher.dispatch(id));
    expect(outcomes).toEqual(['sent', 'sent']);

    const late = await setUp(1, [180, 60]);
    late.clock.at = addMinutes(start, 30);
    for (const id of late.ids) expect(await late.dispatcher.dispatch(id)).toBe('skipped');
    expect([...late.store.rows.values()].map((row) => row.record)).toEqual([
      expect.objectContaining({ state: 'skipped', reason: 'late' }),
      expect.objectContaining({ state: 'skipped', reason: 'late' }),
    ]);
    expect([channel.mails.length, late.channel.mails.length, store.rows.size]).toEqual([2, 0, 2]);
  });

  it.each([-60_000, -1_000, 0])('F44 is not sent when its meeting was cancelled %i ms from its time', async (offsetMs) => {
    const { clock, store, dispatcher, channel, id, record } = await setUp();
    clock.at = addMilliseconds(dueAt, offsetMs);
    store.meeting.status = 'cancelled';
    clock.at = dueAt;
    expect(await dispatcher.dispatch(id)).toBe('void');
    expect(record).toMatchObject({ state: 'void', reason: 'cancelled' });
    expect(channel.mails).toEqual([]);
  });

  it('F44 shows as being sent to a cancel that comes during the send, and is not repeated after it', async () => {
    const { clock, store, dispatcher, channel, id, record } = await setUp();
    let seenByCancel: string | undefined;
    channel.answer = () => {
      seenByCancel = record?.state;
      store.meeting.status = 'cancelled';
      return { kind: 'unknown', reason: '421 try later' };
    };
    clock.at = dueAt;
    await dispatcher.dispatch(id);
    expect(seenByCancel).toBe('sending');
    clock.at = addMinutes(dueAt, 1);
    expect(await dispatcher.dispatch(id)).toBe('void');
    expect(channel.mails).toHaveLength(1);
  });

  it('fails in sight of people when the address is refused for good', async () => {
    const { clock, dispatcher, channel, id, record } = await setUp();
    channel.answer = () => ({ kind: 'refused', reason: '550 no such user' });
    clock.at = dueAt;
    expect(await dispatcher.dispatch(id)).toBe('failed');
    expect(await dispatcher.dispatch(id)).toBe('nothing');
    expect(record).toMatchObject({ state: 'failed', reason: '550 no such user' });
  });

  it('gives up after eight tries and tells the last reason', async () => {
    const { clock, dispatcher, channel, id, record } = await setUp();
    channel.answer = () => ({ kind: 'unknown', reason: '451 busy' });
    const outcomes: string[] = [];
    for (clock.at = dueAt; outcomes.at(-1) !== 'failed' && outcomes.length < 50; clock.at = record?.nextTryAt ?? clock.at)
      outcomes.push(await dispatcher.dispatch(id));
    expect(outcomes).toEqual([...Array.from({ length: 7 }, () => 'to-be-repeated'), 'failed']);
    expect(record).toMatchObject({ state: 'failed', reason: '451 busy' });
  });

  it('F45 goes to each of 200 people with one Message-ID although every tenth answer is lost', async () => {
    const { clock, dispatcher, channel, ids, store } = await setUp(200);
    let count = 0;
    channel.answer = () => {
      if (count++ % 10 === 3) throw new Error('reply lost');
      return { kind: 'accepted', response: '250' };
    };
    for (let minute = 0; minute < 20; minute++) {
      clock.at = addMinutes(dueAt, minute);
      await Promise.all(ids.map((id) => dispatcher.dispatch(id)));
    }
    expect(new Set([...store.rows.values()].map((row) => row.record.state))).toEqual(new Set(['sent']));
    const idsByPerson = new Map<string, Set<string>>();
    for (const mail of channel.mails) idsByPerson.set(mail.to.email, (idsByPerson.get(mail.to.email) ?? new Set()).add(mail.messageId));
    expect([idsByPerson.size, new Set([...idsByPerson.values()].map((set) => set.size))]).toEqual([200, new Set([1])]);
  });
});
