import { randomUUID } from 'node:crypto';
import { Api, type Json, type Received } from './api.ts';
import type { Checks } from './checks.ts';
import { Installation } from './installation.ts';
import { settle } from './kill/settle.ts';
import { connectPeople, workingDay, type Person } from './people.ts';
import type { ProofSettings } from './proof.ts';

const CALLERS = 500;
const EQUAL_CALLS = 50;
const LOW_LIMIT = 40;
const PAIR = 2;

interface Scene {
  readonly installation: Installation;
  /** The same key at two processes. */
  readonly webs: readonly Api[];
  readonly person: Person;
}

/** Many callers, two web processes, two workers, one database: who is first gets it, all others a clean answer. */
export async function proveDoubleBooking(checks: Checks, { rounds }: ProofSettings): Promise<void> {
  const installation = await Installation.open();
  const failedBefore = checks.failed;
  let isOver = false;
  try {
    const first = await installation.startApi({ role: 'web' });
    const others = await Promise.all([
      installation.startApi({ role: 'web' }),
      installation.startApi({ role: 'worker' }),
      installation.startApi({ role: 'worker' }),
    ]);
    const webs = [first, others[0]].map(({ url }) => new Api(url, () => installation.key()));
    const [person] = await connectPeople(installation, webs[0]!, ['kim']);
    const scene = { installation, webs, person: person! };
    for (let round = 1; round <= rounds; round += 1) await raceForOneSlot(checks, scene, round);
    await raceWithOneKey(checks, scene);
    await syncFromBoth(scene);
    await settle(checks, installation);
    await checkEffects(checks, scene, rounds);
    await shareOneLimit(checks, scene);
    isOver = true;
  } finally {
    await installation.close({ keeps: !isOver || checks.failed > failedBefore });
  }
}

async function raceForOneSlot(checks: Checks, { webs, person }: Scene, round: number): Promise<void> {
  const startedAt = Date.now();
  const answers = await atOnce(CALLERS, (index) =>
    book(webs[index % PAIR]!, person, { title: `Race ${round}`, start: `${workingDay(round)}T10:00:00Z` }),
  );
  const won = answers.filter(({ status }) => status === 201);
  const others = answers.filter((answer) => answer.status !== 201);
  checks.that(
    `F41 round ${round}: of ${CALLERS} callers one gets the slot (${Date.now() - startedAt} ms)`,
    won.length === 1,
    `${won.length} got it`,
  );
  checks.none(
    `F41 round ${round}: all others get 409 with times that can be booked instead`,
    others.filter(({ status, body }) => status !== 409 || body.code !== 'slot-taken' || !(body.alternatives?.length > 0)).map(brief),
  );
}

async function raceWithOneKey(checks: Checks, { webs, person }: Scene): Promise<void> {
  const headers = { 'idempotency-key': randomUUID() };
  const answers = await atOnce(EQUAL_CALLS, (index) =>
    book(webs[index % PAIR]!, person, { title: 'Equal', start: `${workingDay(0)}T10:00:00Z`, headers }),
  );
  const ids = new Set(answers.map(({ body }) => body.id));
  checks.that(
    `${EQUAL_CALLS} equal calls with one key over two processes make one meeting, and all are told of it`,
    ids.size === 1 && answers.every(({ status }) => status === 201),
    JSON.stringify(
      answers
        .filter(({ status }) => status !== 201)
        .map(brief)
        .slice(0, 3),
    ),
  );
}

/** Both processes ask for syncs again and again, while two workers are there to run them. */
async function syncFromBoth({ installation, webs, person }: Scene): Promise<void> {
  for (let index = 0; index < 10; index += 1) {
    const date = workingDay(index);
    installation.sandbox.google.createEvent(
      { as: person.email },
      { summary: `Private ${index}`, start: { dateTime: `${date}T19:00:00Z` }, end: { dateTime: `${date}T19:30:00Z` } },
    );
    await Promise.all(webs.map((web) => web.succeed('POST', '/v1/sync/runs', { body: { scope: 'all' } })));
  }
}

async function checkEffects(checks: Checks, { installation, person }: Scene, rounds: number): Promise<void> {
  const titles = [...Array.from({ length: rounds }, (_, index) => `Race ${index + 1}`), 'Equal'];
  const events = installation.sandbox.google.events(person.email).filter(({ status }) => status !== 'cancelled');
  const mails = installation.sandbox.mail.list();
  const counts = titles.map((title) => ({
    title,
    events: events.filter(({ summary }) => summary === title).length,
    mails: mails.filter(({ to }) => to.includes(guestOf(title))).length,
  }));
  checks.none(
    'F41 each slot has one event on the calendar and one mail to its guest',
    counts.filter((count) => count.events !== 1 || count.mails !== 1),
  );
  const overlaps = await installation.query(
    `SELECT one.id, other.id AS other FROM sync_runs one JOIN sync_runs other ON one.id < other.id AND one.calendar_id = other.calendar_id
     WHERE one.started_at < other.ended_at AND other.started_at < one.ended_at`,
  );
  const [{ count } = { count: 0 }] = await installation.query<{ count: number }>('SELECT count(*)::int AS count FROM sync_runs');
  checks.none(`F31 of ${count} runs no two are on one calendar at once`, overlaps);
  const ids = mails.map(({ headers }) => headers.find(({ name }) => name.toLowerCase() === 'message-id')?.value);
  checks.that('F31 no mail is sent by both workers', new Set(ids).size === ids.length, `${ids.length - new Set(ids).size} twice`);
}

async function shareOneLimit(checks: Checks, { installation, webs }: Scene): Promise<void> {
  const made: Json = await webs[0]!.succeed('POST', '/v1/api-keys', {
    body: { label: 'Slow', scopes: ['meetings:read'], environment: 'test' },
  });
  await installation.query('UPDATE api_keys SET rate_limit_per_minute = $1 WHERE name = $2', [LOW_LIMIT, 'Slow']);
  const slow = webs.map(({ url }) => new Api(url, () => made.secret));
  const answers = await atOnce(LOW_LIMIT * 2, (index) => slow[index % PAIR]!.call('GET', '/v1/meetings'));
  const passed = answers.filter(({ status }) => status === 200).length;
  const limited = answers.filter(({ status, headers }) => status === 429 && headers.get('retry-after') !== null).length;
  checks.that(
    `a key that may send ${LOW_LIMIT} requests a minute may do so over both processes together, the rest are told when to come back`,
    passed === LOW_LIMIT && limited === LOW_LIMIT,
    `${passed} passed, ${limited} were limited`,
  );
}

function book(
  web: Api,
  person: Person,
  { title, start, headers }: { title: string; start: string; headers?: Readonly<Record<string, string>> },
): Promise<Received> {
  return web.call('POST', '/v1/meetings', {
    headers,
    body: {
      title,
      start,
      duration_minutes: 30,
      time_zone: 'UTC',
      hosts: [person.id],
      attendees: [{ email: guestOf(title) }],
      notify: 'external',
      reminders: [],
    },
  });
}

function guestOf(title: string): string {
  return `${title.toLowerCase().replace(' ', '-')}@client.example`;
}

function atOnce<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

function brief({ status, body }: Received): Json {
  return { status, code: body?.code, detail: body?.detail };
}
