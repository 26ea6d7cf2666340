import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoApi, DemoCallError, giveConsent } from './demo-api.ts';
import type { DemoApi, DemoConnectionView, DemoUserView } from './demo-api.ts';
import { DEMO_PLAN } from './demo-plan.ts';
import type { DemoConnection, DemoMeeting, DemoTenant } from './demo-plan.ts';
import { readDemoProgress } from './demo-progress.ts';
import type { DemoProgress } from './demo-progress.ts';

export interface DemoPlace {
  /** Where the product answers. */
  readonly productUrl: string;
  /** The control side of the sandbox. */
  readonly controlUrl: string;
  readonly dataDir: string;
  readonly signal: AbortSignal;
}

interface Tenant {
  readonly plan: DemoTenant;
  readonly api: DemoApi;
  readonly users: DemoUserView[];
  readonly ownerId: string;
}

interface Person {
  readonly email: string;
  readonly name: string;
  readonly timeZone: string;
}

interface Filling extends DemoPlace {
  readonly sandbox: DemoApi;
  readonly progress: DemoProgress;
  readonly people: ReadonlyMap<string, Person>;
}

const POLL_MS = 250;
const LONGEST_WAIT_MS = 120_000;
const DAY_MS = 86_400_000;
/** A week always has working days in it. */
const MEETING_WINDOW_DAYS = 7;

/**
 * Fills the demo as people would: through the public API with the demo's keys and through the sandbox's consent page. Does what is
 * missing, in an order in which the owner's calendar comes first; what was done once is left as it is.
 */
export async function fillDemo(place: DemoPlace): Promise<void> {
  const sandbox = demoApi(`${place.controlUrl}/control`, place);
  const tenants: Tenant[] = [];
  for (const plan of DEMO_PLAN) tenants.push(await openTenant(plan, place));
  const { items } = await sandbox.get<{ items: Person[] }>('/google/people');
  const filling: Filling = {
    ...place,
    sandbox,
    progress: readDemoProgress(place.dataDir),
    people: new Map(items.map((one) => [one.email, one])),
  };
  for (const tenant of tenants) await connectEverybody(filling, tenant);
  for (const tenant of tenants) {
    for (const [index, meeting] of tenant.plan.meetings.entries()) await bookOnce(filling, tenant, { meeting, index });
  }
  for (const tenant of tenants) {
    for (const wanted of connectionsOf(tenant)) await bringToItsEnd(filling, tenant, wanted);
  }
}

/** The sandbox forgets faults when it stops: what failed before goes on failing, from before the product's first look on. */
export async function restoreDemoFaults({ controlUrl, dataDir, signal }: Omit<DemoPlace, 'productUrl'>): Promise<void> {
  const progress = readDemoProgress(dataDir);
  const sandbox = demoApi(`${controlUrl}/control`, { signal });
  for (const { account, end } of DEMO_PLAN.flatMap(({ users }) => users).flatMap(({ connections }) => connections)) {
    if (end === 'fails' && progress.has(brokenStep(account))) await breakAccount(sandbox, account);
  }
}

const brokenStep = (account: string): string => `broken ${account}`;
const endStep = (tenant: Tenant, account: string): string => `${tenant.ownerId} ${account}`;

/** The product makes the keys in its first moments. */
async function openTenant(plan: DemoTenant, { productUrl, dataDir, signal }: DemoPlace): Promise<Tenant> {
  return untilDefined(signal, `the key in ${plan.keyFile}`, async () => {
    const key = await readFile(join(dataDir, plan.keyFile), 'utf8').catch(() => null);
    if (key === null) return undefined;
    const api = demoApi(productUrl, { key: key.trim(), signal });
    const users = await api.get<{ data: DemoUserView[] }>('/v1/users?limit=200').catch((error: unknown) => {
      if (error instanceof DemoCallError && error.status === 401) return null;
      throw error;
    });
    const owner = users?.data.find(({ role }) => role === 'owner');
    return users === null || owner === undefined ? undefined : { plan, api, users: users.data, ownerId: owner.id };
  });
}

async function connectEverybody(filling: Filling, tenant: Tenant): Promise<void> {
  const known = await connections(tenant);
  for (const { email, role, connections: wanted } of tenant.plan.users) {
    const userId = email === null ? tenant.ownerId : await ensureUser(filling, tenant, { email, role });
    if (userId === null) continue;
    for (const connection of wanted) {
      if (
        known.some(({ account_email }) => account_email === connection.account) ||
        filling.progress.has(endStep(tenant, connection.account))
      )
        continue;
      await connect(filling, tenant, { connection, userId });
    }
  }
}

/** Null for somebody who was here and was removed since. */
async function ensureUser(filling: Filling, tenant: Tenant, { email, role }: { email: string; role: string }): Promise<string | null> {
  const known = tenant.users.find((user) => user.email === email);
  if (known !== undefined) return known.id;
  const step = `${tenant.ownerId} user ${email}`;
  if (filling.progress.has(step)) return null;
  const { name, timeZone } = filling.people.get(email) ?? { name: email, timeZone: null };
  const made = await tenant.api.send<DemoUserView>('POST', '/v1/users', { email, name, role, time_zone: timeZone });
  tenant.users.push(made);
  filling.progress.add(step);
  return made.id;
}

async function connect(
  { productUrl, signal }: Filling,
  { api }: Tenant,
  { connection, userId }: { connection: DemoConnection; userId: string },
): Promise<void> {
  const { data } = await api.send<{ data: { authorize_url: string }[] }>('POST', '/v1/connections/authorize', {
    provider: 'google',
    access_profile: connection.accessProfile,
    user_id: userId,
    login_hint: connection.account,
  });
  const withoutScope = connection.end === 'lacks-a-scope' ? /\.freebusy$/ : null;
  await giveConsent(data[0]?.authorize_url ?? '', { productUrl, withoutScope, signal });
}

async function bookOnce(
  { progress, people, signal }: Filling,
  tenant: Tenant,
  { meeting, index }: { meeting: DemoMeeting; index: number },
): Promise<void> {
  const step = `${tenant.ownerId} meeting ${index}`;
  if (progress.has(step)) return;
  const known = await untilDefined(signal, `the calendars of ${meeting.hosts.join(', ')}`, async () => {
    const found = await connections(tenant);
    const hosts = meeting.hosts.map((host) => found.find(({ account_email }) => account_email === host));
    return hosts.every((host) => host !== undefined && (host.status !== 'active' || isRead(host))) ? hosts : undefined;
  });
  const start = Date.now() + meeting.inDays * DAY_MS;
  await tenant.api.send(
    'POST',
    '/v1/meetings',
    {
      title: meeting.title,
      mode: 'next',
      window: { start: new Date(start).toISOString(), end: new Date(start + MEETING_WINDOW_DAYS * DAY_MS).toISOString() },
      duration_minutes: meeting.durationMinutes,
      time_zone: people.get(meeting.hosts[0] ?? '')?.timeZone,
      hosts: known.map((connection) => connection?.user_id),
      attendees: meeting.guests.map(({ name, email, zone }) => ({ name, email, time_zone: zone })),
      conference: {},
      reminders: [1440, 60],
      preparation: meeting.preparation.map((item) => ({ kind: 'link', ...item })),
    },
    { idempotencyKey: `demo-${step.replaceAll(' ', '-')}` },
  );
  progress.add(step);
}

async function bringToItsEnd(filling: Filling, tenant: Tenant, wanted: DemoConnection): Promise<void> {
  const step = endStep(tenant, wanted.account);
  if (filling.progress.has(step)) return;
  const { signal, sandbox } = filling;
  const first = (await connections(tenant)).find(({ account_email }) => account_email === wanted.account);
  if (first === undefined) return;
  const { id } = first;
  const get = () => tenant.api.get<DemoConnectionView>(`/v1/connections/${id}`);
  await untilDefined(signal, `the first look at ${wanted.account}`, async () => {
    const now = await get();
    return now.status !== 'active' || isRead(now) ? now : undefined;
  });
  if (wanted.end === 'is-paused') await tenant.api.send('PATCH', `/v1/connections/${id}`, { sync: { enabled: false } });
  if (wanted.end === 'is-disconnected') await tenant.api.send('DELETE', `/v1/connections/${id}`);
  if (wanted.end === 'expires') {
    await sandbox.send('POST', '/google/grants', { action: 'revoke', email: wanted.account });
    await syncUntil(filling, tenant, { get, status: 'expired' });
  }
  if (wanted.end === 'fails') {
    await breakAccount(sandbox, wanted.account);
    filling.progress.add(brokenStep(wanted.account));
    await syncUntil(filling, tenant, { get, status: 'error' });
  }
  filling.progress.add(step);
}

/** Asks for runs as a person does who presses the button again and again. */
async function syncUntil(
  { signal }: Filling,
  { api }: Tenant,
  { get, status }: { get(): Promise<DemoConnectionView>; status: string },
): Promise<void> {
  await untilDefined(signal, `a connection that is ${status}`, async () => {
    const now = await get();
    if (now.status === status || now.status === 'revoked') return now;
    await api.send('POST', `/v1/connections/${now.id}/sync`, {}).catch((error: unknown) => {
      if (!(error instanceof DemoCallError) || error.status !== 409) throw error;
    });
    return undefined;
  });
}

/** As if the administrator of the account's organisation had blocked applications from outside. */
async function breakAccount(sandbox: DemoApi, account: string): Promise<void> {
  for (const operation of ['events.*', 'calendarList.*', 'freebusy.*']) {
    await sandbox.send('POST', '/faults', { operation, status: 403, reason: 'domainPolicy', times: 1_000_000, match: { account } });
  }
}

function isRead({ calendars_count, lag_seconds }: DemoConnectionView): boolean {
  return calendars_count > 0 && lag_seconds !== null;
}

async function connections({ api }: Tenant): Promise<DemoConnectionView[]> {
  return (await api.get<{ data: DemoConnectionView[] }>('/v1/connections?limit=200')).data;
}

function connectionsOf({ plan }: Tenant): readonly DemoConnection[] {
  return plan.users.flatMap((user) => user.connections);
}

async function untilDefined<T>(signal: AbortSignal, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await sleep(POLL_MS, undefined, { signal });
  }
}
