import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { openNoticeWorld, until, type Json, type NoticeWorld } from './notice-world.ts';

const PEOPLE = 20;
/** Of the two ways that are told; one that looks for changes is asked once a person, for it takes minutes. */
const EDITS = 160;
const EDITS_PER_SECOND = 4;
/** The shortest cadence there is. */
const CADENCE_MINUTES = 1;
const LOOK_EVERY_MS = 25;
const LONGEST_MS = 300_000;
const DAY_MS = 86_400_000;

/**
 * From a person's edit in their calendar to the same in `GET /v1/events`: with notices, in one process and with the
 * notice taken by another process than reads the calendar; and without, at the shortest cadence. The product is the
 * built one in its own processes; the service is the sandbox, which tells at once. A service takes its own time
 * before (Google and Microsoft: seconds), which is not in these numbers. Times are known to 25 ms.
 */
export const noticeBenchmark: Benchmark = {
  name: 'notice',
  run: async (print) => {
    print('| processes | told | edits | p50 ms | p95 ms | p99 ms | longest ms |');
    print('|---|---|---|---|---|---|---|');
    for (const roles of [['all'], ['web', 'worker']] as const) {
      const world = await openNoticeWorld(roles);
      try {
        const connections: Json[] = [];
        for (let n = 0; n < PEOPLE; n += 1) connections.push(await world.connect(`person${n}@acme.example`));
        await until(() => areAll(world, connections, 'on'));
        print(line(roles, 'by push', await measure(world, { edits: EDITS, perSecond: EDITS_PER_SECOND, day: 10 })));
        if (roles.length > 1) continue;
        const sync = { push: 'off', cadence_minutes: CADENCE_MINUTES };
        for (const { id } of connections) await world.call('PATCH', `/v1/connections/${id}`, { sync });
        await until(() => areAll(world, connections, 'off'));
        print(line(roles, `no, looked for every ${CADENCE_MINUTES} min`, await measure(world, { edits: PEOPLE, perSecond: 1, day: 11 })));
      } finally {
        await world.close();
      }
    }
  },
};

async function areAll(world: NoticeWorld, connections: readonly Json[], state: string): Promise<boolean> {
  const seen = await Promise.all(connections.map(({ id }) => world.call('GET', `/v1/connections/${id}`)));
  return seen.every(({ push }) => push.state === state && push.calendars_on > 0 === (state === 'on'));
}

/** Milliseconds from each edit until it shows, people by turns. */
async function measure(
  world: NoticeWorld,
  { edits, perSecond, day }: { edits: number; perSecond: number; day: number },
): Promise<number[]> {
  const from = Math.floor(Date.now() / DAY_MS + day) * DAY_MS;
  const [start, end] = [from, from + DAY_MS].map((at) => new Date(at).toISOString());
  const waiting = new Map<string, number>();
  const times: number[] = [];
  const edit = async (): Promise<void> => {
    for (let n = 0; n < edits; n += 1) {
      const at = new Date(from + n * 60_000).toISOString();
      const summary = `Edit ${day}.${n}`;
      waiting.set(summary, performance.now());
      const fields = { summary, start: { dateTime: at }, end: { dateTime: new Date(from + (n + 1) * 60_000).toISOString() } };
      world.sandbox.google.createEvent({ as: `person${n % PEOPLE}@acme.example` }, fields);
      await sleep(1000 / perSecond);
    }
  };
  const look = async (): Promise<void> => {
    const { data } = await world.call('GET', `/v1/events?from=${start}&to=${end}&limit=200`);
    const now = performance.now();
    for (const { title } of data) {
      const since = waiting.get(title);
      if (since !== undefined && waiting.delete(title)) times.push(now - since);
    }
  };
  const editing = edit();
  await until(
    async () => {
      await look();
      return times.length === edits;
    },
    { withinMs: LONGEST_MS, everyMs: LOOK_EVERY_MS },
  );
  await editing;
  return times.sort((one, other) => one - other);
}

function line(roles: readonly string[], told: string, times: readonly number[]): string {
  const at = (share: number): string => times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(0);
  return `| ${roles.join(' + ')} | ${told} | ${times.length} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} |`;
}
