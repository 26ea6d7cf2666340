import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnswerItem, TestWorld } from '../testing/google-caller.ts';
import { googleCaller, meeting, startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

type Pick = (below: number) => number;

/** A reader that starts with everything and then takes increments only. */
interface Mirror {
  readonly query: string;
  readonly events: Map<string, AnswerItem>;
  syncToken: string;
}

const ADA = 'ada@acme.example';
const LEO = 'leo@acme.example';

async function readInto(mirror: Mirror, as: string): Promise<void> {
  const call = googleCaller(world.sandbox, world.sandbox.google.connect(as).accessToken);
  let pageToken = '';
  do {
    const sync = mirror.syncToken === '' ? '' : `&syncToken=${mirror.syncToken}`;
    const page = pageToken === '' ? '' : `&pageToken=${pageToken}`;
    const { status, body } = await call('GET', `calendars/primary/events?maxResults=7&${mirror.query}${sync}${page}`);
    expect(status).toBe(200);
    for (const event of body.items ?? []) apply(mirror, event);
    pageToken = body.nextPageToken ?? '';
    mirror.syncToken = body.nextSyncToken ?? mirror.syncToken;
  } while (pageToken !== '');
}

function apply(mirror: Mirror, event: AnswerItem): void {
  if (event.status !== 'cancelled') {
    mirror.events.set(event.id, event);
    return;
  }
  mirror.events.delete(event.id);
  for (const [id, other] of mirror.events) if (other.recurringEventId === event.id) mirror.events.delete(id);
}

function contents(mirror: Mirror): string[] {
  return [...mirror.events.values()].map(({ id, etag, start, summary }) => JSON.stringify([id, etag, start, summary])).sort();
}

/** One edit by one of the two people, of any kind; refusals are part of life. */
function editSomething(pick: Pick): void {
  const { google } = world.sandbox;
  const as = pick(2) === 0 ? ADA : LEO;
  const other = as === ADA ? LEO : ADA;
  const day = `2026-11-${String(10 + pick(15))}`;
  const time = `${String(8 + pick(9)).padStart(2, '0')}:00`;
  const events = google.events(as).filter(({ status }) => status !== 'cancelled');
  const event = events[pick(Math.max(1, events.length))];
  const rule = pick(3) === 0 ? { recurrence: [`RRULE:FREQ=${['DAILY', 'WEEKLY'][pick(2)]};COUNT=${2 + pick(5)}`] } : {};
  const guests = pick(3) === 0 ? { attendees: [{ email: other }] } : {};
  try {
    if (event === undefined || pick(3) === 0) google.createEvent({ as }, meeting(day, time, { ...rule, ...guests }));
    else if (event.recurrence !== undefined && pick(2) === 0) editInstance(as, event.id, { pick, day, time });
    else if (pick(5) === 0) google.deleteEvent({ as }, event.id);
    else if (pick(3) === 0) google.respond({ as }, event.id, 'accepted');
    else google.patchEvent({ as }, event.id, pick(2) === 0 ? { summary: `Title ${pick(100)}` } : { ...meeting(day, time), ...guests });
  } catch (error) {
    expect(error).toHaveProperty('options.status');
  }
}

function editInstance(as: string, masterId: string, wish: { pick: Pick; day: string; time: string }): void {
  const { google } = world.sandbox;
  const master = google.getEvent(as, masterId);
  const start = Temporal.Instant.from(master?.start?.dateTime ?? '')
    .toString()
    .replaceAll(/[-:]/g, '');
  if (wish.pick(2) === 0) google.deleteEvent({ as }, `${masterId}_${start}`);
  else google.patchEvent({ as }, `${masterId}_${start}`, meeting(wish.day, wish.time, { summary: `Moved ${wish.pick(100)}` }));
}

function createPicker(seed: number): Pick {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('a reader who takes increments only', () => {
  const seeds = [1, 2, 3, 134_624, 314_188, 4_817_535, 6_702_657, 18_537_034, Date.now() % 1_000_000];

  it.each(seeds)('F07 F12 F13 holds the same as one who reads everything, after any edits (seed %i)', async (seed) => {
    const pick = createPicker(seed);
    const mirrors = [ADA, LEO].flatMap((as) =>
      ['', 'singleEvents=true'].map((query) => ({ as, mirror: { query, events: new Map<string, AnswerItem>(), syncToken: '' } })),
    );
    for (let round = 0; round < 10; round += 1) {
      for (let count = 0; count < 6; count += 1) editSomething(pick);
      for (const { as, mirror } of mirrors) {
        await readInto(mirror, as);
        const fresh: Mirror = { query: mirror.query, events: new Map(), syncToken: '' };
        await readInto(fresh, as);
        expect(contents(mirror), `${as} ${mirror.query} round ${round}`).toEqual(contents(fresh));
      }
    }
  });
});
