import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../api.ts';
import type { ApiProcess } from '../api-process.ts';
import { SeededChance } from '../chance.ts';
import type { Checks } from '../checks.ts';
import { Installation } from '../installation.ts';
import { settle } from '../kill/settle.ts';
import { connectPeople, workingDay, type Person } from '../people.ts';
import type { ProofSettings } from '../proof.ts';
import { until } from '../waiting.ts';

const PAGES = 10;
const PAGE_SIZE = 5;
const BEGIN_MS = 30_000;
/** Heartbeat and lease of the paused have to end, and the queue looks once a minute. */
const TAKEN_OVER_MS = 200_000;
const GIVE_UP_MS = 60_000;
const GAVE_UP = 'another run took the calendar over';

interface Scene {
  readonly installation: Installation;
  readonly api: Api;
  readonly person: Person;
  readonly workers: readonly [ApiProcess, ApiProcess];
}

/**
 * A worker that stands still in the middle of a run, as in a machine that swaps or sleeps, believes afterwards that
 * its lease still holds. What it does then must reach nothing that the run after it has written.
 */
export async function provePause(checks: Checks, { seed, pauses }: ProofSettings): Promise<void> {
  const installation = await Installation.open();
  const failedBefore = checks.failed;
  let isOver = false;
  try {
    const web = await installation.startApi({ role: 'web' });
    const workers = [await installation.startApi({ role: 'worker' }), await installation.startApi({ role: 'worker' })] as const;
    const api = new Api(web.url, () => installation.key());
    const [person] = await connectPeople(installation, api, ['kim']);
    const scene: Scene = { installation, api, person: person!, workers };
    fill(scene);
    await settle(checks, installation, 'before the first pause');
    const chance = new SeededChance(seed);
    for (let round = 1; round <= pauses; round += 1) await pauseOnce(checks, scene, { round, chance });
    installation.sandbox.pages.clear();
    installation.sandbox.faults.clear();
    await settle(checks, installation);
    isOver = true;
  } finally {
    await installation.close({ keeps: !isOver || checks.failed > failedBefore });
  }
}

/** A calendar of some pages that take their time, so that a run can be hit between two of them. */
function fill({ installation: { sandbox }, person }: Scene): void {
  for (let index = 0; index < PAGES * PAGE_SIZE; index += 1) add(sandbox, person, `Private ${index}`, index);
  sandbox.pages.add({ operation: 'events.list', size: PAGE_SIZE });
  sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 300 }, times: 1_000_000 });
}

function add(sandbox: Installation['sandbox'], { email }: Person, summary: string, index: number): void {
  const date = workingDay(index);
  sandbox.google.createEvent(
    { as: email },
    { summary, start: { dateTime: `${date}T18:00:00Z` }, end: { dateTime: `${date}T18:30:00Z` }, transparency: 'transparent' },
  );
}

async function pauseOnce(checks: Checks, scene: Scene, { round, chance }: { round: number; chance: SeededChance }): Promise<void> {
  const { installation, workers } = scene;
  const victim = chance.upTo(2);
  const [paused, other] = [workers[victim]!, workers[1 - victim]!];
  const atPage = 1 + chance.upTo(PAGES - 2);
  other.pause();
  await startRun(scene);
  const isInside = await until(() => isBeyond(installation, atPage), { withinMs: BEGIN_MS, everyMs: 10 });
  await sleep(chance.upTo(300));
  paused.pause();
  const startedAt = Date.now();
  const gaveUpBefore = paused.countLogged(GAVE_UP);
  other.resume();
  checks.that(`round ${round}: worker ${victim + 1} is paused in a run, after ${atPage} of ${PAGES} pages or more`, isInside !== null);
  add(installation.sandbox, scene.person, `Seen by the other ${round}`, PAGES * PAGE_SIZE + round);
  const next = await until(() => isTakenOver(installation), { withinMs: TAKEN_OVER_MS, everyMs: 250 });
  checks.that(`F31 round ${round}: another worker takes the calendar over and ends (${seconds(startedAt)} s)`, next !== null);
  const before = await snapshot(installation);
  paused.resume();
  const gaveUp = await until(async () => paused.countLogged(GAVE_UP) > gaveUpBefore, { withinMs: GIVE_UP_MS });
  checks.that(`F31 round ${round}: the paused worker finds that it lost the calendar`, gaveUp !== null);
  const after = await snapshot(installation);
  checks.none(
    `F31 round ${round}: it has written nothing to events, occurrences, calendar, connection or runs`,
    [...new Set([...before, ...after])].filter((row) => !(before.has(row) && after.has(row))),
  );
  await checkMirror(checks, scene, round);
}

async function startRun({ api, person }: Scene): Promise<void> {
  await api.succeed('POST', `/v1/connections/${person.connectionId}/sync`, { body: { mode: 'full' } });
}

async function isBeyond(installation: Installation, pages: number): Promise<boolean> {
  return (await installation.query(`SELECT id FROM sync_runs WHERE state = 'running' AND pages >= $1`, [pages])).length > 0;
}

/** The run of the paused is closed, one that began after it has ended well, and nothing is under way. */
async function isTakenOver(installation: Installation): Promise<boolean> {
  const states = await installation.query<{ state: string }>(`SELECT state FROM sync_runs ORDER BY started_at DESC NULLS FIRST LIMIT 2`);
  const [newest, before] = states.map(({ state }) => state);
  return newest === 'succeeded' && before === 'interrupted';
}

/** Each row of what a run writes, with the transaction that wrote it. */
async function snapshot(installation: Installation): Promise<ReadonlySet<string>> {
  const rows = await installation.query<{ row: string }>(
    ['events', 'occurrences', 'calendars', 'connections', 'sync_runs', 'set_asides', 'changes']
      .map((table) => `SELECT concat_ws(' ', '${table}', id, xmin, ctid) AS row FROM ${table}`)
      .join(' UNION ALL '),
  );
  return new Set(rows.map(({ row }) => row));
}

async function checkMirror(checks: Checks, { installation, person }: Scene, round: number): Promise<void> {
  const google = installation.sandbox.google.events(person.email).filter(({ status }) => status !== 'cancelled');
  const rows = await installation.query<{ title: string }>(
    `SELECT d.title FROM events e JOIN event_details d ON d.event_id = e.id WHERE e.deleted_at IS NULL ORDER BY 1`,
  );
  const [mine, theirs] = [rows.map(({ title }) => title), google.map(({ summary }) => summary ?? '').sort()];
  checks.that(
    `F31 round ${round}: the mirror is what Google has (${theirs.length} events)`,
    JSON.stringify(mine) === JSON.stringify(theirs),
    `${mine.length} here`,
  );
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
