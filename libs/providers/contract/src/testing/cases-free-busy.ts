import { DAY_MS, UTC, addMilliseconds, instant, interval } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import { expect } from 'vitest';
import type { FreeBusyAnswer } from '../calendar-provider.ts';
import { group } from './case-group.ts';
import type { Scene } from './scene.ts';
import { BERLIN, NEW_YORK, SOON, after, days, freeBusyOf, timed } from './scene.ts';

const QUARTER = interval(SOON, addMilliseconds(SOON, 120 * DAY_MS));

export const freeBusyCases = group('free/busy', ['free-busy'], (test) => {
  test('AVL-01 tells when people are busy, over months', async (scene) => {
    await scene.seed('daily', 1, { recurrence: ['RRULE:FREQ=DAILY;COUNT=100'] });
    const busy = await busyOf(scene, QUARTER);
    expect(busy).toHaveLength(100);
    expect(busy).toEqual(spans(await scene.world.holds.times(scene.calendarId, QUARTER)));
  });

  test('AVL-01 tells nothing of an empty calendar, and that it is known', async (scene) => {
    expect(await ask(scene, [scene.calendarId])).toEqual([{ subject: scene.calendarId, busy: [] }]);
  });

  test.needs('share:free-busy')('AVL-02 tells when a colleague is busy who shares no more than that', async (scene) => {
    const { colleague } = scene.world.people;
    await scene.world.acts.share('free-busy');
    await scene.seed('canary', 3, { calendarId: colleague.calendarId });
    expect(await ask(scene, [colleague.email])).toEqual([{ subject: colleague.email, busy: [{ start: after(3), end: after(4) }] }]);
  });

  test('AVL-01 does not count what shows as free, was declined or was deleted', async (scene) => {
    await scene.seed('busy', 1);
    await scene.seed('free', 3, { busy: false });
    await scene.world.acts.remove(await scene.seed('deleted', 5));
    const eventId = await scene.world.acts.invite({ title: 'declined', time: timed(7) });
    await scene.world.acts.respond({ calendarId: scene.calendarId, eventId }, 'declined');
    expect(await busyOf(scene, QUARTER)).toEqual([{ start: after(1), end: after(2) }]);
  });

  test('AVL-01 counts what was not answered yet', async (scene) => {
    await scene.world.acts.invite({ title: 'invited', time: timed(7) });
    expect(await busyOf(scene, QUARTER)).toEqual([{ start: after(7), end: after(8) }]);
  });

  test('F42 counts days as days of the calendar’s zone', async (scene) => {
    await scene.seed('days', 0, { time: days('2027-03-27', '2027-03-29') });
    expect(await busyOf(scene, QUARTER)).toEqual([{ start: Date.UTC(2027, 2, 26, 23), end: Date.UTC(2027, 2, 28, 22) }]);
  });

  test('gives times in order, those that touch or overlap made one, cut at the borders', async (scene) => {
    await scene.seed('late', 8);
    await scene.seed('first', 1, { time: timed(1, { length: 2 }) });
    await scene.seed('touching', 3);
    await scene.seed('within', 2);
    await scene.seed('over the border', -2, { time: timed(-2, { length: 2.5 }) });
    const window = interval(SOON, after(24));
    expect(await busyOf(scene, window)).toEqual([
      { start: SOON, end: after(0.5) },
      { start: after(1), end: after(4) },
      { start: after(8), end: after(9) },
    ]);
  });

  test('gives the same instants whatever zone is asked for', async (scene) => {
    await scene.seed('busy', 1);
    const { freeBusy } = await scene.session('free_busy');
    const read = async (zone: typeof BERLIN) => freeBusy?.read({ subjects: [scene.calendarId], window: QUARTER, zone });
    expect(await read(NEW_YORK)).toEqual(await read(UTC));
  });

  test('F42 does not take who is not known for free', async (scene) => {
    const { outsider } = scene.world.people;
    const answers = await ask(scene, [scene.calendarId, outsider.email]);
    expect(answers).toMatchObject([{ busy: [] }, { subject: outsider.email, error: { code: expect.any(String) } }]);
  });

  test('answers in the order of the question, each once', async (scene) => {
    const { colleague, outsider } = scene.world.people;
    const answers = await ask(scene, [outsider.email, colleague.calendarId, scene.calendarId, outsider.email]);
    expect(answers.map(({ subject }) => subject)).toEqual([outsider.email, colleague.calendarId, scene.calendarId]);
  });

  test('answers nothing when nobody is asked for, without a call', async (scene) => {
    expect(await ask(scene, [])).toEqual([]);
    expect(scene.world.faults.calls('free-busy')).toBe(0);
  });

  test('asks for more people than fit into a call', async (scene) => {
    await scene.seed('busy', 1);
    const many = Array.from(
      { length: scene.provider.manifest.limits.freeBusyCalendarsPerCall + 3 },
      (_, index) => `nobody-${index}@daymark.example`,
    );
    const answers = await ask(scene, [...many, scene.calendarId]);
    expect(answers).toHaveLength(many.length + 1);
    expect(answers.at(-1)).toEqual({ subject: scene.calendarId, busy: [{ start: after(1), end: after(2) }] });
    expect(answers.filter((answer) => 'error' in answer)).toHaveLength(many.length);
  });

  test('asks for a longer time than fits into a call, and loses nothing at the seams', async (scene) => {
    const { freeBusyDaysPerCall } = scene.provider.manifest.limits;
    const window = interval(SOON, addMilliseconds(SOON, (2 * freeBusyDaysPerCall + 5) * DAY_MS));
    await scene.seed('long', 1, { time: timed(1, { length: 24 * (2 * freeBusyDaysPerCall + 2) }) });
    expect(await busyOf(scene, window)).toEqual([{ start: after(1), end: after(1 + 24 * (2 * freeBusyDaysPerCall + 2)) }]);
  });

  test('F42 F38 tells times and nothing else', async (scene) => {
    await scene.seed('canary', 1, { description: 'canary', location: 'canary' });
    const answers = await ask(scene, [scene.calendarId]);
    expect(JSON.stringify(answers)).not.toContain('canary');
  });

  test('F42 throws rather than tell half of it when one of several calls fails', async (scene) => {
    await scene.seed('busy', 1);
    scene.world.faults.answer('free-busy', { kind: 'unavailable', waitMs: null }, { nth: 2 });
    const { freeBusyDaysPerCall } = scene.provider.manifest.limits;
    const window = interval(SOON, addMilliseconds(SOON, (freeBusyDaysPerCall + 70) * DAY_MS));
    const subjects = [scene.calendarId, scene.world.people.colleague.email];
    await expect(ask(scene, subjects, window)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

async function ask(scene: Scene, subjects: readonly string[], window: Interval = QUARTER): Promise<readonly FreeBusyAnswer[]> {
  return freeBusyOf(await scene.session('free_busy')).read({ subjects, window, zone: BERLIN });
}

async function busyOf(scene: Scene, window: Interval): Promise<readonly Interval[]> {
  const [answer] = await ask(scene, [scene.calendarId], window);
  if (answer === undefined || 'error' in answer) throw new Error('expected to know');
  return answer.busy;
}

function spans(times: readonly { readonly start: unknown; readonly end: unknown }[]): readonly Interval[] {
  return times
    .map(({ start, end }) => interval(instant(Number(start)), instant(Number(end))))
    .toSorted((one, other) => one.start - other.start);
}
