import { expect } from 'vitest';
import type { ProviderEvent } from '../provider-event.ts';
import { group } from './case-group.ts';
import { expectSame } from './compare.ts';
import { Copy } from './copy.ts';
import type { Scene } from './scene.ts';
import { days, timed, writerOf } from './scene.ts';

/** What each kind means to the rest of us. */
const kinds = [
  { kind: 'out-of-office', busy: true, time: timed(4, { length: 3 }) },
  { kind: 'focus-time', busy: true, time: timed(4) },
  { kind: 'working-location', busy: false, time: days('2027-03-15', '2027-03-16') },
  { kind: 'birthday', busy: false, time: days('2027-03-20', '2027-03-21') },
  { kind: 'from-mail', busy: true, time: timed(4) },
] as const;

export const kindCases = group('event kinds', [], (test) => {
  for (const { kind, busy, time } of kinds) {
    test.needs(`kind:${kind}`)(`F36 tells a ${kind} as such, ${busy ? 'taking' : 'taking no'} time and read-only`, async (scene) => {
      await scene.world.acts.createSpecial(kind, { title: 'special', time });
      expect((await readAll(scene)).find('special')).toMatchObject({ kind, busy, time, readOnlyReason: 'special-kind' });
    });
  }

  test('AVL-01 tells an event that shows as free as taking no time', async (scene) => {
    await scene.seed('free', 2, { busy: false });
    expect((await readAll(scene)).find('free')).toMatchObject({ busy: false, readOnlyReason: null });
  });

  for (const visibility of ['private', 'public'] as const) {
    test.needs('field:visibility')(`F38 tells that an event is ${visibility}`, async (scene) => {
      await scene.seed('event', 2, { visibility });
      expect((await readAll(scene)).find('event').visibility).toBe((await scene.held('event')).visibility);
    });
  }

  test('F34 tells an invitation as somebody else’s, with all guests and their answers', async (scene) => {
    const { owner, colleague } = scene.world.people;
    await scene.world.acts.invite({ title: 'invited', time: timed(3) });
    const copy = await readAll(scene);
    expect(copy.find('invited')).toMatchObject({ readOnlyReason: 'not-organizer', organizer: { email: colleague.email, self: false } });
    expect(copy.find('invited').attendees.find(({ self }) => self)).toMatchObject({ email: owner.email, response: 'needs-action' });
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
  });

  for (const [response, busy] of [
    ['accepted', true],
    ['tentative', true],
    ['declined', false],
  ] as const) {
    const needs = response === 'declined' ? (['declined-events'] as const) : [];
    test.needs(...needs)(`AVL-01 tells an invitation that was ${response} as ${busy ? 'taking' : 'taking no'} time`, async (scene) => {
      const eventId = await scene.world.acts.invite({ title: 'invited', time: timed(3) });
      await scene.world.acts.respond({ calendarId: scene.calendarId, eventId }, response);
      const event = (await readAll(scene)).find('invited');
      expect([event.busy, ownAnswer(event)]).toEqual([busy, response]);
    });
  }

  test('AVL-01 then takes no time for an invitation that was declined, wherever it is kept', async (scene) => {
    const session = await scene.session('read');
    const eventId = await scene.world.acts.invite({ title: 'invited', time: timed(3) });
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    expect(copy.find('invited').busy).toBe(true);
    await scene.world.acts.respond({ calendarId: scene.calendarId, eventId }, 'declined');
    await copy.read(session);
    expect([...copy.events.values()].filter(({ status, busy }) => status !== 'cancelled' && busy)).toEqual([]);
  });

  test('tells all guests of a big event', async (scene) => {
    const attendees = Array.from({ length: 120 }, (_, index) => ({
      email: `guest-${index}@elsewhere.example`,
      name: null,
      optional: false,
    }));
    await scene.seed('big', 2, { attendees });
    const copy = await readAll(scene);
    expect([copy.find('big').attendees.length, copy.find('big').attendeesOmitted]).toEqual([120, false]);
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
  });

  test('SYN-09 then tells how the guests answer', async (scene) => {
    const { colleague, outsider } = scene.world.people;
    const event = await scene.seed('party', 2, {
      attendees: [colleague, outsider].map(({ email }) => ({ email, name: null, optional: false })),
    });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.world.acts.colleagueResponds(event, 'accepted');
    await copy.read(session);
    const answers = copy.find('party').attendees.map(({ email, response }) => [email, response]);
    expect(answers).toEqual(
      expect.arrayContaining([
        [colleague.email, 'accepted'],
        [outsider.email, 'needs-action'],
      ]),
    );
  });

  test.needs('write')('F34 refuses to change what belongs to the organiser, and changes nothing', async (scene) => {
    const eventId = await scene.world.acts.invite({ title: 'invited', time: timed(3) });
    const ref = { calendarId: scene.calendarId, eventId };
    const session = await scene.session();
    const seen = await session.getEvent(ref);
    const update = { ref, ifVersion: seen?.version ?? '', fields: { title: 'mine' }, notify: 'none' } as const;
    await expect(writerOf(session).update(update)).rejects.toMatchObject({ code: 'forbidden', subject: 'event' });
    expect(await scene.titles()).toEqual(['invited']);
  });
});

function ownAnswer(event: ProviderEvent): string | undefined {
  return event.attendees.find(({ self }) => self)?.response;
}

async function readAll(scene: Scene): Promise<Copy> {
  const copy = new Copy(scene.calendarId);
  await copy.read(await scene.session('read'));
  return copy;
}
