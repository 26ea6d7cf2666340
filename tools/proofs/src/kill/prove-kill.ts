import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../api.ts';
import { SeededChance } from '../chance.ts';
import type { Checks } from '../checks.ts';
import { Installation } from '../installation.ts';
import { connectPeople, type Person } from '../people.ts';
import type { ProofSettings } from '../proof.ts';
import { checkEnd } from './check-end.ts';
import { Killer, type Kill } from './killer.ts';
import { Load } from './load.ts';
import { settle } from './settle.ts';
import { Writing } from './writing.ts';

const LONGEST_KILLING_MS = 150_000;
const READY_WITHIN_MS = 10_000;
/** What was in work is given back a few seconds after a kill; several more kills may fall into that time. A minute and a half once passed. */
const WRITES_WITHIN_MS = 30_000;

/**
 * Bookings, cancels, reschedules and syncs go on while the product or its database is killed again and
 * again. When all has settled, what was promised is there, once.
 */
export async function proveKill(checks: Checks, { seed, kills }: ProofSettings): Promise<void> {
  const installation = await Installation.open();
  const writing = new Writing(installation);
  const failedBefore = checks.failed;
  let isOver = false;
  try {
    const process = await installation.startApi({ role: 'all' });
    const api = new Api(process.url, () => installation.key());
    const people = await connectPeople(installation, api, ['kim', 'lou', 'max', 'noa']);
    slowDown(installation, people);
    const load = new Load({ installation, api, people, chance: new SeededChance(seed) });
    const killer = new Killer({ installation, api: process, load, chance: new SeededChance(seed + 1) });
    load.begin();
    writing.begin();
    const end = Date.now() + LONGEST_KILLING_MS;
    while (killer.kills.length < kills && Date.now() < end) report(killer.kills.length + 1, await killer.strike());
    await sleep(500);
    await load.end();
    installation.sandbox.pages.clear();
    installation.sandbox.faults.clear();
    await settle(checks, installation);
    await api.succeed('POST', '/v1/sync/runs', { body: { scope: 'all' } });
    await settle(checks, installation, 'and once more after a last sync');
    checkKills(checks, killer.kills, kills);
    checkWriting(checks, killer.kills, writing);
    await checkEnd(checks, { installation, api, people, load, killer });
    isOver = true;
  } finally {
    await writing.end();
    await installation.close({ keeps: !isOver || checks.failed > failedBefore });
  }
}

/** Calendars of some pages that take their time, so that runs are open long enough to be hit. */
function slowDown({ sandbox }: Installation, people: readonly Person[]): void {
  for (const { email } of people) {
    for (let index = 0; index < 12; index += 1) {
      sandbox.google.createEvent(
        { as: email },
        {
          summary: `Private ${index}`,
          start: { date: `2026-12-${10 + index}` },
          end: { date: `2026-12-${11 + index}` },
          transparency: 'transparent',
        },
      );
    }
  }
  sandbox.pages.add({ operation: 'events.list', size: 5 });
  sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 60 } });
}

function report(number: number, { victim, openBookings, runningRuns, readyAfterMs }: Kill): void {
  console.log(
    `  kill ${number}: ${victim}, inside ${openBookings} bookings and ${runningRuns.length} runs; takes work again after ${readyAfterMs} ms`,
  );
}

function checkKills(checks: Checks, kills: readonly Kill[], wanted: number): void {
  const inside = kills.filter(({ openBookings, runningRuns }) => openBookings > 0 || runningRuns.length > 0);
  checks.that(
    `there were ${wanted} kills, at least half of them inside a booking or a run`,
    kills.length === wanted && inside.length * 2 >= wanted,
    `${kills.length} kills, ${inside.length} inside`,
  );
  const ofDatabase = kills.filter(({ victim }) => victim === 'database');
  checks.none(
    `F32 the product outlives the death of its database (${ofDatabase.length} times)`,
    ofDatabase.filter(({ productLived }) => !productLived),
  );
  checks.none(
    `F32 it takes work again within 10 s of the database's return`,
    ofDatabase.filter(({ readyAfterMs }) => readyAfterMs > READY_WITHIN_MS),
  );
}

function checkWriting(checks: Checks, kills: readonly Kill[], writing: Writing): void {
  const waits = kills.map(({ victim, at }, index) => ({ kill: index + 1, victim, ms: writing.afterMs(at) }));
  const longest = waits.reduce((one, other) => (other.ms > one.ms ? other : one));
  console.log(`  longest from a kill to the first placement written after it: ${longest.ms} ms (kill ${longest.kill}, ${longest.victim})`);
  checks.none(
    `F32 placements are written again within ${WRITES_WITHIN_MS / 1000} s of a kill`,
    waits.filter(({ ms }) => ms > WRITES_WITHIN_MS),
  );
}
