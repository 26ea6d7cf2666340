import { expect } from 'vitest';
import { group } from './case-group.ts';
import { Copy } from './copy.ts';
import { NEW_YORK, WINDOW } from './scene.ts';

const roles = [
  ['reader', 'reader'],
  ['writer', 'writer'],
  ['free-busy', 'free-busy'],
] as const;

export const calendarCases = group('calendars', [], (test) => {
  test('CON-04 lists the owner’s calendars with name and zone, one of them the primary', async (scene) => {
    const id = await scene.world.acts.addCalendar({ name: 'Side project', zone: NEW_YORK });
    const calendars = await (await scene.session('read')).listCalendars();
    expect(calendars.map((calendar) => calendar.id).toSorted()).toEqual([scene.calendarId, id].toSorted());
    expect(calendars.filter((calendar) => calendar.primary).map((calendar) => calendar.id)).toEqual([scene.calendarId]);
    const side = calendars.find((calendar) => calendar.id === id);
    expect(side).toMatchObject({ name: 'Side project', accessRole: 'owner' });
    const { people, service } = scene.world;
    expect([service.calendarZones ? NEW_YORK : people.owner.zone, null]).toContain(side?.zone);
  });

  test('CON-04 lists calendars that can be read by the ids they are listed with', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    await scene.seed('here', 1);
    await scene.seed('there', 1, { calendarId: side });
    const session = await scene.session('read');
    const titles = [];
    for (const { id } of await session.listCalendars()) {
      const copy = new Copy(id);
      await copy.read(session);
      titles.push(...copy.titles());
    }
    expect(titles.toSorted()).toEqual(['here', 'there']);
  });

  test('F09 lists all of them over several pages', async (scene) => {
    for (let number = 0; number < 7; number += 1) await scene.world.acts.addCalendar({ name: `Calendar ${number}` });
    const session = await scene.session('read');
    scene.world.faults.pages({ of: 'calendars', size: 3 });
    expect(await session.listCalendars()).toHaveLength(8);
  });

  test('F09 lists all of them or none: a page that fails is told', async (scene) => {
    for (let number = 0; number < 7; number += 1) await scene.world.acts.addCalendar({ name: `Calendar ${number}` });
    const session = await scene.session('read');
    scene.world.faults.pages({ of: 'calendars', size: 3, failPage: 2 });
    await expect(session.listCalendars()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await session.listCalendars()).toHaveLength(8);
  });

  test('F09 does not take an empty page for the end of the list', async (scene) => {
    for (let number = 0; number < 4; number += 1) await scene.world.acts.addCalendar({ name: `Calendar ${number}` });
    const session = await scene.session('read');
    scene.world.faults.pages({ of: 'calendars', size: 2, emptyPage: 2 });
    expect(await session.listCalendars()).toHaveLength(5);
  });

  for (const [share, role] of roles) {
    test.needs(`share:${share}`)(`F34 tells what may be done with a calendar that is shared as ${share}`, async (scene) => {
      const { colleague } = scene.world.people;
      await scene.world.acts.share(share);
      const calendars = await (await scene.session()).listCalendars();
      expect(calendars.find((calendar) => calendar.id === colleague.calendarId)).toMatchObject({ accessRole: role, primary: false });
    });
  }

  test.needs('share:reader')('F35 no longer lists what is no longer shared, and says so when it is read', async (scene) => {
    const { calendarId } = scene.world.people.colleague;
    await scene.world.acts.share('reader');
    const session = await scene.session('read');
    const copy = new Copy(calendarId);
    await copy.read(session);
    await scene.world.acts.share(null);
    expect((await session.listCalendars()).map((calendar) => calendar.id)).toEqual([scene.calendarId]);
    const refusal = await copy.read(session).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'ProviderError', code: expect.stringMatching(/^(not-found|forbidden|cursor-expired)$/) });
  });

  test('F35 says that a calendar is gone, by every call about it, and still reads the others', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    await scene.seed('kept', 2);
    const event = await scene.seed('lost', 2, { calendarId: side, recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] });
    const session = await scene.session('read');
    const copy = new Copy(side);
    await copy.read(session);
    await scene.world.acts.removeCalendar(side);
    const gone = { code: 'not-found', subject: 'calendar' };
    const originalStart = { kind: 'timed', at: WINDOW.start } as const;
    await expect(copy.read(session)).rejects.toMatchObject(gone);
    await expect(new Copy(side).read(session)).rejects.toMatchObject(gone);
    await expect(session.getEvent(event)).rejects.toMatchObject(gone);
    await expect(session.getOccurrence({ calendarId: side, seriesId: event.eventId, originalStart })).rejects.toMatchObject(gone);
    const other = new Copy(scene.calendarId);
    await other.read(session);
    expect(other.titles()).toEqual(['kept']);
  });

  test.needs('conference')('SCH-03 tells on which calendars a conference can be made', async (scene) => {
    const key = scene.provider.manifest.conference?.key;
    const calendars = await (await scene.session()).listCalendars();
    expect(calendars.find((calendar) => calendar.primary)?.conferenceTypes).toContain(key);
  });
});
