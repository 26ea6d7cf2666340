import { ZONE } from '../browser.ts';
import type { JsonApi } from '../json-api.ts';

/** Somebody at a simulated service whom the product does not know yet. */
export interface Newcomer {
  readonly email: string;
  /** An event of this week. */
  readonly todayTitle: string;
}

export async function makeNewcomer(sandbox: JsonApi): Promise<Newcomer> {
  const email = 'ada.choir@mail.example';
  const todayTitle = 'Choir rehearsal';
  const today = Temporal.Now.plainDateISO(ZONE);
  await sandbox.post('/google/seed', {
    people: [{ email, name: 'Ada Lindqvist', timeZone: ZONE }],
    events: [
      {
        as: email,
        event: {
          summary: todayTitle,
          start: { dateTime: `${today.toString()}T07:00:00`, timeZone: ZONE },
          end: { dateTime: `${today.toString()}T07:45:00`, timeZone: ZONE },
        },
      },
    ],
  });
  return { email, todayTitle };
}

/** The same at the simulated Microsoft. */
export async function makeColleague(sandbox: JsonApi): Promise<Newcomer> {
  const email = 'ada.weaving@studio.example';
  const todayTitle = 'Weaving circle';
  const today = Temporal.Now.plainDateISO(ZONE).toString();
  await sandbox.post('/microsoft/seed', {
    people: [{ email, name: 'Ada Lindqvist', timeZone: 'W. Europe Standard Time' }],
    events: [
      {
        as: email,
        event: {
          subject: todayTitle,
          start: { dateTime: `${today}T18:00:00`, timeZone: ZONE },
          end: { dateTime: `${today}T19:00:00`, timeZone: ZONE },
        },
      },
    ],
  });
  return { email, todayTitle };
}
