import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SequencerJob } from '../src/audit/sequencer.job.ts';
import { Database } from '../src/database/database.ts';
import { MailTicks } from '../src/mail/mail-ticks.ts';
import { PushTicks } from '../src/push/push-ticks.ts';
import { PlacementTicks } from '../src/placements/placement-ticks.ts';
import { ReminderTicks } from '../src/reminding/reminder-ticks.ts';
import { RetentionJob } from '../src/retention/retention.job.ts';
import { SyncTicks } from '../src/sync/sync-ticks.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** A database that answers its doors when it is told to. */
class Doors {
  asked = 0;
  #isOpen = false;
  readonly #waiting: PromiseWithResolvers<never[]>[] = [];

  ask(): Promise<never[]> {
    this.asked += 1;
    if (this.#isOpen) return Promise.resolve([]);
    const answer = Promise.withResolvers<never[]>();
    this.#waiting.push(answer);
    return answer.promise;
  }

  open(): void {
    this.#isOpen = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve([]);
  }

  fail(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the database restarts'));
  }
}

let test: TestApp;
let doors: Doors;

// Role web: no tick of its own, so that every one is the test's.
beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  const database = test.get(Database);
  database.door = () => doors.ask();
}, 60_000);

beforeEach(() => {
  doors = new Doors();
});

afterAll(() => test?.close());

describe.each<[string, () => Promise<void>]>([
  ['due calendars', () => test.get(SyncTicks).enqueueDue()],
  ['calendars to poll', () => test.get(SyncTicks).poll()],
  ['tokens to refresh', () => test.get(SyncTicks).refreshTokens()],
  ['calendar lists', () => test.get(SyncTicks).listCalendars()],
  ['channels to tend', () => test.get(PushTicks).tend()],
  ['channels to count', () => test.get(PushTicks).count()],
  ['due mails', () => test.get(MailTicks).enqueueDue()],
  ['due reminders', () => test.get(ReminderTicks).enqueueDue()],
  ['due placements', () => test.get(PlacementTicks).enqueueDue()],
  ['placements to resume', () => test.get(PlacementTicks).resume()],
  ['changes to number', () => test.get(SequencerJob).tick()],
  ['clean-up', () => test.get(RetentionJob).tick()],
])('the tick for %s', (name, tick) => {
  it('is not begun again while it runs, and its failure is logged', async () => {
    const ticks = [tick(), tick(), tick()];
    expect(doors.asked).toBe(1);
    const logged = test.logs.length;
    doors.fail();
    await Promise.all(ticks);
    expect(test.logs.slice(logged).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'warn', tick: name, error: expect.objectContaining({ message: 'the database restarts' }) }),
    ]);
    const next = tick();
    expect(doors.asked).toBe(2);
    doors.open();
    await next;
  });
});
