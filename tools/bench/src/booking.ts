import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type RunningPostgres } from '@daymark/postgres';
import pg from 'pg';
import type { Benchmark } from './benchmark.ts';
import { claimByConstraint, claimByLock, openProduct, type Attempt, type BookingWay } from './booking-ways.ts';

interface Case {
  readonly callers: number;
  readonly people: number;
  /** What a flush of the log takes at least, in microseconds. */
  readonly flushUs: number;
}

const cases: readonly Case[] = [
  { callers: 16, people: 1, flushUs: 0 },
  { callers: 64, people: 1, flushUs: 0 },
  { callers: 16, people: 200, flushUs: 0 },
  { callers: 64, people: 200, flushUs: 0 },
  { callers: 16, people: 1, flushUs: 2000 },
  { callers: 64, people: 1, flushUs: 2000 },
];
const ROUNDS = 7;
const ATTEMPTS_PER_CALLER = 12;
const HALF_HOUR_MS = 1_800_000;
const HOUR_MS = 3_600_000;
const BASE = Date.UTC(2027, 0, 4, 8);

/**
 * The claim transaction with its audit and change rows, without HTTP: the product's own way (an
 * exclusion constraint and ON CONFLICT DO NOTHING) against the common pattern (SELECT … FOR UPDATE of
 * the person, look for an overlap, insert). Both write the same rows into equal tables of one server,
 * over pools of the same size, in paired rounds. Callers ask for half hours, an hour apart, out of a grid with
 * room for twice as many, so that about one of five is refused. The floor is the same transaction without any
 * claim: audit and change rows alone. Every round checks that no two claims of a person overlap.
 *
 * How much a lock costs depends on how long a commit holds it, and so on the disk: one that answers a flush from a
 * cache hides it. The last cases therefore let every flush take 2 ms longer, as on a replicated volume, by
 * PostgreSQL's own `commit_delay`: the first of a group waits, the others of the group share its flush.
 */
export const bookingBenchmark: Benchmark = {
  name: 'booking',
  run: async (print) => {
    const folder = await mkdtemp(join(tmpdir(), 'daymark-bench-'));
    const server = await startPostgres({ dataDir: join(folder, 'postgres') });
    try {
      const product = await openProduct(server.url);
      try {
        print(
          '| callers/people | flush | booked/s | p95 ms | lock-then-check booked/s | p95 ms | ratio | floor tx/s | deadlocks seen | doubles |',
        );
        print('|---|---|---|---|---|---|---|---|---|---|');
        for (const size of cases) print(await contest(size, { server, product }));
      } finally {
        await product.close();
      }
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Round {
  readonly attemptsPerSecond: number;
  readonly p95Ms: number;
  readonly errors: number;
}

async function contest(
  { callers, people, flushUs }: Case,
  { server, product }: { server: RunningPostgres; product: Awaited<ReturnType<typeof openProduct>> },
): Promise<string> {
  await setFlush(server.adminUrl, flushUs);
  const pool = new pg.Pool({ connectionString: server.url, max: callers, options: `-c role=daymark_app` });
  const ways = { constraint: claimByConstraint(pool, product), lock: claimByLock(pool, product) };
  const results = { constraint: [] as Round[], lock: [] as Round[], floor: [] as Round[] };
  let doubles = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? (['constraint', 'lock'] as const) : (['lock', 'constraint'] as const)) {
      const resourceIds = await product.makePeople(people);
      const attempts = attemptsOf({ callers, resourceIds, round });
      const measured = await measure(ways[name].claim, { callers, attempts });
      doubles += await product.countDoubles(ways[name].table, resourceIds);
      if (round > 0) results[name].push(measured);
    }
    const floor = await measure(ways.constraint.nothing, {
      callers,
      attempts: attemptsOf({ callers, resourceIds: await product.makePeople(people), round }),
    });
    if (round > 0) results.floor.push(floor);
  }
  await pool.end();
  const ratios = results.constraint.map((one, index) => one.attemptsPerSecond / results.lock[index]!.attemptsPerSecond);
  const errors = [...results.constraint, ...results.lock].reduce((sum, { errors: count }) => sum + count, 0);
  const speed = (rounds: readonly Round[]): string => median(rounds.map(({ attemptsPerSecond }) => attemptsPerSecond)).toFixed(0);
  const tail = (rounds: readonly Round[]): string => median(rounds.map(({ p95Ms }) => p95Ms)).toFixed(1);
  return `| ${callers}/${people} | ${flushUs === 0 ? 'the disk’s' : `${flushUs / 1000} ms more`} | ${speed(results.constraint)} | ${tail(results.constraint)} | ${speed(results.lock)} | ${tail(results.lock)} | ${median(ratios).toFixed(2)} | ${speed(results.floor)} | ${errors} | ${doubles} |`;
}

async function setFlush(adminUrl: string, flushUs: number): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`ALTER SYSTEM SET commit_siblings = 0`);
  await client.query(`ALTER SYSTEM SET commit_delay = ${flushUs}`);
  await client.query(`SELECT pg_reload_conf()`);
  await client.end();
}

/** The same for both ways of a round: half hours over twice as many askers as there is room for. */
function attemptsOf({ callers, resourceIds, round }: { callers: number; resourceIds: readonly string[]; round: number }): Attempt[] {
  const total = callers * ATTEMPTS_PER_CALLER;
  const places = Math.max(1, Math.ceil((total / resourceIds.length) * 2));
  let seed = 7919 + round;
  const random = (bound: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return seed % bound;
  };
  return Array.from({ length: total }, () => {
    const start = BASE + random(places) * HOUR_MS;
    return { meetingId: randomUUID(), resourceId: resourceIds[random(resourceIds.length)]!, start, end: start + HALF_HOUR_MS };
  });
}

async function measure(way: BookingWay, { callers, attempts }: { callers: number; attempts: readonly Attempt[] }): Promise<Round> {
  const times: number[] = [];
  let errors = 0;
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let attempt = attempts[next++]; attempt !== undefined; attempt = attempts[next++]) {
        const begunAt = performance.now();
        try {
          await way(attempt);
        } catch {
          errors += 1;
        }
        times.push(performance.now() - begunAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  times.sort((one, other) => one - other);
  return { attemptsPerSecond: attempts.length / seconds, p95Ms: times[Math.floor(times.length * 0.95)]!, errors };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}
