import type { Api, Json } from '../api.ts';
import type { Checks } from '../checks.ts';
import type { Installation } from '../installation.ts';
import type { Person } from '../people.ts';
import type { Killer } from './killer.ts';
import type { Load, Promised } from './load.ts';

export interface End {
  readonly installation: Installation;
  readonly api: Api;
  readonly people: readonly Person[];
  readonly load: Load;
  readonly killer: Killer;
}

/** What has to be true when everything has settled. */
export async function checkEnd(checks: Checks, end: End): Promise<void> {
  const { promised, attempts, refused } = end.load;
  const cancelled = promised.filter(({ isCancelled }) => isCancelled).length;
  const moved = promised.filter(({ reschedules }) => reschedules > 0).length;
  const refusals = [...refused].map(([code, count]) => `${count} ${code}`).join(', ');
  console.log(
    `  ${attempts} bookings asked for: ${promised.length} promised (${cancelled} cancelled, ${moved} rescheduled); refused: ${refusals}`,
  );
  await checkMeetings(checks, end);
  await checkClaims(checks, end);
  checkEvents(checks, end);
  await checkMails(checks, end);
  await checkRuns(checks, end);
  await checkMirror(checks, end);
  await checkJobs(checks, end);
}

async function checkMeetings(checks: Checks, { api, installation, load }: End): Promise<void> {
  const wrong: string[] = [];
  for (const promise of load.promised) {
    const { status, body } = await api.untilAnswered('GET', `/v1/meetings/${promise.id}`);
    if (status !== 200 || !isAsPromised(body, promise))
      wrong.push(`${promise.title}: ${status} ${body.status} ${body.start} with ${body.claims?.length} claims`);
  }
  checks.none(`F32 each of ${load.promised.length} meetings that were answered with 201 exists, at its time, with its claims`, wrong);
  checks.that('each key made one meeting', new Set(load.promised.map(({ id }) => id)).size === load.promised.length);
  const known = new Set(load.promised.map(({ id }) => id.slice(4)));
  const stored = await installation.query<{ id: string; title: string }>('SELECT id, title FROM meetings');
  checks.none(
    'there is no meeting that nobody was promised',
    stored.filter(({ id }) => !known.has(id.replaceAll('-', ''))).map(({ title }) => title),
  );
}

function isAsPromised(meeting: Json, { isCancelled, start, hosts }: Promised): boolean {
  if (isCancelled) return meeting.status === 'cancelled' && meeting.claims.length === 0;
  return meeting.status === 'booked' && meeting.start === start && meeting.claims.length === hosts.length;
}

async function checkClaims(checks: Checks, { installation }: End): Promise<void> {
  const overlaps = await installation.query(
    `SELECT one.id, other.id AS other FROM claims one JOIN claims other
       ON one.id < other.id AND (one.tenant_id, one.resource_id, one.seat) = (other.tenant_id, other.resource_id, other.seat)
     WHERE one.blocking AND other.blocking AND (one.with_before && other.with_before OR one.with_after && other.with_after)`,
  );
  checks.none('F41 no two claims of a person overlap', overlaps);
  const orphans = await installation.query(
    `SELECT c.id FROM claims c LEFT JOIN meetings m ON m.id = c.meeting_id WHERE m.status IS DISTINCT FROM 'booked'`,
  );
  checks.none('no claim is left of a meeting that does not take place', orphans);
}

function checkEvents(checks: Checks, { installation, people, load }: End): void {
  const live = people
    .flatMap(({ email }) => installation.sandbox.google.events(email).map((event) => ({ owner: email, event })))
    .filter(({ event }) => event.status !== 'cancelled');
  const organised = live.filter(({ owner, event }) => event.organizer?.email === owner && event.summary?.startsWith('Load ') === true);
  const wrong: string[] = [];
  for (const { title, isCancelled, start, hasConference } of load.promised) {
    const events = organised.filter(({ event }) => event.summary === title).map(({ event }) => event);
    if (isCancelled && events.length > 0) wrong.push(`${title} was cancelled and has ${events.length} events`);
    if (isCancelled) continue;
    if (events.length !== 1) wrong.push(`${title} has ${events.length} events`);
    for (const event of events) {
      if (Date.parse(event.start?.dateTime ?? '') !== Date.parse(start))
        wrong.push(`${title} is at ${event.start?.dateTime}, promised was ${start}`);
      if (hasConference && event.hangoutLink === undefined) wrong.push(`${title} has no link`);
    }
  }
  checks.none('F02 each booked meeting has exactly one event at its time, each cancelled one none', wrong);
  const uids = organised.map(({ event }) => event.iCalUID);
  checks.that('no event is there twice', new Set(uids).size === uids.length);
  checks.that(
    'there is no event without its meeting',
    organised.length === load.promised.filter(({ isCancelled }) => !isCancelled).length,
    `${organised.length} events`,
  );
}

interface MailRow {
  /** Of the meeting it is about; an invitation to the tenant is about none. */
  readonly title: string | null;
  readonly kind: string;
  readonly recipient: string;
  readonly sequence: number;
  readonly state: string;
  readonly message_id: string;
}

async function checkMails(checks: Checks, { installation, load }: End): Promise<void> {
  const rows = await installation.query<MailRow>(
    'SELECT m.title, d.kind, d.recipient, d.sequence, d.state, d.message_id FROM mails d LEFT JOIN meetings m ON m.id = d.meeting_id',
  );
  const caught = installation.sandbox.mail.list();
  const copies = new Map<string, number>();
  for (const mail of caught) {
    const id = mail.headers.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? 'none';
    copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  const known = new Set(rows.map(({ message_id }) => message_id));
  checks.none(
    'each mail that arrived is one that was planned',
    [...copies.keys()].filter((id) => !known.has(id)),
  );
  checks.none(
    'each mail that is marked sent arrived',
    rows.filter(({ state, message_id }) => state === 'sent' && !copies.has(message_id)),
  );
  checks.none(
    'no mail failed',
    rows.filter(({ state }) => state === 'failed'),
  );
  const wrong: string[] = [];
  for (const { title, guest, isCancelled } of load.promised) {
    const confirmations = rows.filter((row) => row.title === title && row.kind === 'confirmation' && row.recipient === guest);
    const arrived = confirmations.filter(({ message_id }) => copies.has(message_id)).length;
    const told = rows.some((row) => row.title === title && row.state === 'sent');
    if (confirmations.length !== 1 || (!isCancelled && !told))
      wrong.push(`${title}: ${confirmations.length} confirmations, ${arrived} arrived`);
  }
  checks.none('each guest has one confirmation by its Message-ID', wrong);
  const repeated = [...copies.values()].filter((count) => count > 1).length;
  console.log(`  ${caught.length} mails arrived, ${copies.size} different ones (${repeated} sent again because their outcome was unknown)`);
}

async function checkRuns(checks: Checks, { installation, killer }: End): Promise<void> {
  const hit = [...new Set(killer.kills.flatMap(({ victim, runningRuns }) => (victim === 'product' ? runningRuns : [])))];
  const rows = await installation.query<{ id: string; state: string; calendar_id: string; is_repaired: boolean }>(
    `SELECT r.id, r.state, EXISTS (SELECT FROM sync_runs later WHERE later.calendar_id = r.calendar_id AND later.started_at > r.started_at AND later.state = 'succeeded') AS is_repaired
     FROM sync_runs r WHERE r.id = ANY($1) OR r.state = 'interrupted'`,
    [hit],
  );
  const interrupted = rows.filter(({ state }) => state === 'interrupted');
  checks.none(`F10 each run that died became interrupted and was followed by one that succeeded (${interrupted.length} interrupted)`, [
    ...interrupted.filter(({ is_repaired }) => !is_repaired),
    ...rows.filter(({ state }) => state === 'running' || state === 'queued'),
  ]);
}

async function checkMirror(checks: Checks, { installation, people }: End): Promise<void> {
  const wrong: string[] = [];
  for (const { email } of people) {
    const mirrored = await installation.query<{ remote_id: string; title: string }>(
      `SELECT e.remote_id, d.title FROM events e JOIN event_details d ON d.event_id = e.id JOIN calendars k ON k.id = e.calendar_id
       WHERE k.remote_id = $1 AND e.deleted_at IS NULL AND e.status <> 'cancelled'`,
      [email],
    );
    const ours = new Map(mirrored.map(({ remote_id, title }) => [remote_id, title]));
    const theirs = new Map(
      installation.sandbox.google
        .events(email)
        .filter(({ status }) => status !== 'cancelled')
        .map(({ id, summary }) => [id, summary]),
    );
    for (const [id, title] of theirs) if (ours.get(id) !== title) wrong.push(`${email} ${title} (${id}): we have ${ours.get(id)}`);
    for (const [id, title] of ours) if (!theirs.has(id)) wrong.push(`${email} ${title} (${id}): only we have it`);
  }
  checks.none('F10 the mirror holds exactly what is on the calendars', wrong);
}

async function checkJobs(checks: Checks, { installation }: End): Promise<void> {
  const letters = await installation.query(`SELECT data, output FROM pgboss.job WHERE name = 'dead-letters'`);
  checks.none('no job was given up', letters);
}
