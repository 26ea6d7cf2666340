import { DAY_MS, UTC, addMilliseconds, interval, parseInstant } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import type { FreeBusyAnswer } from '@daymark/provider-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outlookFreeBusy } from './outlook-free-busy.ts';
import { ADA, BERLIN, KIM, LEO, ROSA, SandboxMailboxes } from './testing/sandbox-mailboxes.ts';
import { ScriptedGraph, refusal } from './testing/scripted-graph.ts';

const WEEK = interval(parseInstant('2026-11-23T00:00:00Z'), parseInstant('2026-11-30T00:00:00Z'));

function span(start: string, end: string): Interval {
  return interval(parseInstant(`2026-11-${start}:00Z`), parseInstant(`2026-11-${end}:00Z`));
}

describe('busy times', () => {
  let world: SandboxMailboxes;
  beforeAll(async () => {
    world = await SandboxMailboxes.start();
    const seed = (as: string, start: string, end: string, more: object = {}) =>
      world.sandbox.microsoft.createEvent({ as }, { subject: 'canary', start: utc(start), end: utc(end), ...more });
    for (const person of [ADA, LEO, KIM]) {
      seed(person, '23T09:00', '23T10:00');
      seed(person, '23T10:00', '23T11:00', { showAs: 'tentative' });
      seed(person, '23T10:30', '23T12:00', { showAs: 'oof' });
      seed(person, '24T09:00', '24T10:00', { showAs: 'free' });
      seed(person, '24T11:00', '24T12:00', { showAs: 'workingElsewhere' });
      seed(person, '26T00:00', '27T00:00', { isAllDay: true });
      seed(person, '29T22:00', '30T02:00');
    }
  });
  afterAll(() => world.sandbox.close());

  const read = (as: string, ...subjects: string[]) => outlookFreeBusy(world.client(as)).read({ subjects, window: WEEK, zone: UTC });

  const seen = [span('23T09:00', '23T12:00'), span('29T22:00', '30T00:00')] as const;

  it('AVL-02 are those of colleagues by their address, in their own days', async () => {
    const [leo] = await read(ADA, LEO);
    expect(leo).toEqual({ subject: LEO, busy: [seen[0], span('26T05:00', '27T05:00'), seen[1]] });
  });

  it('AVL-01 are those of one calendar by its id', async () => {
    const subject = world.calendar(ADA);
    expect(await read(ADA, subject)).toEqual([{ subject, busy: [seen[0], span('25T23:00', '26T23:00'), seen[1]] }]);
  });

  it('AVL-10 are those of a personal account, which knows nobody else', async () => {
    expect(await read(KIM, KIM, ADA)).toEqual([
      { subject: KIM, busy: [seen[0], span('26T00:00', '27T00:00'), seen[1]] },
      { subject: ADA, error: { code: 'unavailable', reason: 'not-supported' } },
    ]);
  });

  it('F42 are unknown of who is not shown, in the order of the question', async () => {
    const answers = await read(ADA, ROSA, world.calendar(LEO), LEO, ROSA, 'gone');
    expect(answers.map(({ subject }) => subject)).toEqual([ROSA, world.calendar(LEO), LEO, 'gone']);
    expect(answers.map((answer) => ('error' in answer ? answer.error.code : 'known'))).toEqual([
      'not-found',
      'forbidden',
      'known',
      'not-found',
    ]);
  });

  it('F38 come without a word of what they are for', async () => {
    expect(JSON.stringify(await read(ADA, LEO, world.calendar(ADA)))).not.toContain('canary');
  });
});

describe('the calls', () => {
  const nobody = { value: [] };
  const free = (scheduleId: string) => ({ scheduleId, scheduleItems: [] });

  it('are of twenty people and less than 62 days', async () => {
    const people = Array.from({ length: 21 }, (_, index) => `p${index}@acme.example`);
    const window = interval(parseInstant('2026-11-23T00:00:00Z'), addMilliseconds(parseInstant('2026-11-23T00:00:00Z'), 50 * DAY_MS));
    const graph = new ScriptedGraph(...Array.from({ length: 6 }, () => ({ body: { value: people.map(free) } })));
    const answers = await outlookFreeBusy(graph.client).read({ subjects: people, window, zone: BERLIN });
    expect(answers).toEqual(people.map((subject) => ({ subject, busy: [] })));
    const asked = graph.calls.map(
      ({ body }) => body as { schedules: string[]; startTime: { dateTime: string }; endTime: { dateTime: string } },
    );
    expect(new Set(asked.map(({ schedules }) => schedules.length))).toEqual(new Set([20, 1]));
    for (const { startTime, endTime } of asked)
      expect(parseInstant(`${endTime.dateTime}Z`) - parseInstant(`${startTime.dateTime}Z`)).toBeLessThan(62 * DAY_MS);
  });

  it('are none for nobody', async () => {
    const graph = new ScriptedGraph();
    expect(await outlookFreeBusy(graph.client).read({ subjects: [], window: WEEK, zone: UTC })).toEqual([]);
    expect(graph.calls).toEqual([]);
  });

  const item = (status: string) => ({ status, start: utc('23T09:00'), end: utc('23T10:00') });
  it.each<[string, object, Partial<Extract<FreeBusyAnswer, { error: unknown }>['error']> | number]>([
    ['spelled otherwise', { scheduleId: 'ADA@acme.example', scheduleItems: [item('Busy')] }, 1],
    ['free in capitals', { scheduleId: ADA, scheduleItems: [item('Free'), item('WorkingElsewhere')] }, 0],
    ['shown by a new word', { scheduleId: ADA, scheduleItems: [item('onLeave')] }, 1],
    ['not told', { scheduleId: ADA, availabilityView: '222' }, { code: 'unavailable', reason: 'unreadable' }],
    [
      'told in an unknown zone',
      { scheduleId: ADA, scheduleItems: [{ ...item('busy'), start: { dateTime: 'x', timeZone: 'Mars' } }] },
      { reason: 'unreadable' },
    ],
    ['of nobody', { scheduleId: ADA, error: { responseCode: 'ErrorMailRecipientNotFound' } }, { code: 'not-found' }],
    ['kept private', { scheduleId: ADA, error: { responseCode: 'ErrorNoFreeBusyAccess' } }, { code: 'forbidden' }],
    ['too many', { scheduleId: ADA, error: { responseCode: '5006' } }, { code: 'too-many' }],
    ['in trouble', { scheduleId: ADA, error: {} }, { code: 'unavailable' }],
    ['of somebody else', free('leo@acme.example'), { code: 'unavailable', reason: 'missing' }],
  ])('F42 tell what is known of times that are %s', async (_name, schedule, meant) => {
    const graph = new ScriptedGraph({ body: { value: [schedule] } });
    const [answer] = await outlookFreeBusy(graph.client).read({ subjects: [ADA], window: WEEK, zone: UTC });
    expect(answer).toMatchObject(
      typeof meant === 'number' ? { busy: Array.from({ length: meant }, () => span('23T09:00', '23T10:00')) } : { error: meant },
    );
  });

  it('F42 throw rather than tell half', async () => {
    const graph = new ScriptedGraph({ body: nobody }, refusal(503, 'serviceNotAvailable'));
    const long = interval(WEEK.start, addMilliseconds(WEEK.start, 90 * DAY_MS));
    const read = outlookFreeBusy(graph.client).read({ subjects: [ADA], window: long, zone: UTC });
    await expect(read).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('throw when it is the account that may not', async () => {
    const graph = new ScriptedGraph({ body: { timeZone: 'UTC' } }, refusal(401, 'InvalidAuthenticationToken'));
    const read = outlookFreeBusy(graph.client).read({ subjects: ['AQ='], window: WEEK, zone: UTC });
    await expect(read).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

function utc(at: string): { readonly dateTime: string; readonly timeZone: string } {
  return { dateTime: `2026-11-${at}:00`, timeZone: 'UTC' };
}
