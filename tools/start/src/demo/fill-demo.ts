import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEverybody } from './connect-demo.ts';
import { demoApi, DemoCallError } from './demo-api.ts';
import type { DemoApi, DemoConnectionView, DemoUserView } from './demo-api.ts';
import { connectionsIn, endStep, isInReach } from './demo-filling.ts';
import type { DemoFilling, DemoPerson, DemoPlace, DemoTenantFilling } from './demo-filling.ts';
import { DEMO_PLAN } from './demo-plan.ts';
import type { DemoConnection, DemoMeeting, DemoTenant } from './demo-plan.ts';
import { readDemoProgress } from './demo-progress.ts';

const POLL_MS = 250;
const LONGEST_WAIT_MS = 120_000;
const DAY_MS = 86_400_000;
/** A week always has working days in it. */
const MEETING_WINDOW_DAYS = 7;

/**
 * Fills the demo as people would: through the public API with the demo's keys and through the sandbox's consent page. Does what is
 * missing, in an order in which the owner's calendar comes first; what was done once is left as it is. Calendar services that the product
 * does not offer are left out.
 */
export async function fillDemo(place: DemoPlace): Promise<void> {
  const sandbox = demoApi(`${place.controlUrl}/control`, place);
  const tenants: DemoTenantFilling[] = [];
  for (const plan of DEMO_PLAN) tenants.push(await openTenant(plan, place));
  const filling: DemoFilling = {
    ...place,
    sandbox,
    progress: readDemoProgress(place.dataDir),
    people: await readPeople(sandbox),
    providers: await readProviders(tenants),
    lost: new Map(),
  };
  for (const tenant of tenants) await connectEverybody(filling, tenant);
  for (const tenant of tenants) {
    for (const [index, meeting] of tenant.plan.meetings.entries()) await bookOnce(filling, tenant, { meeting, index });
  }
  for (const tenant of tenants) {
    for (const wanted of connectionsOf(tenant)) if (isInReach(filling, wanted)) await bringToItsEnd(filling, tenant, wanted);
  }
  const [lost] = filling.lost;
  if (lost !== undefined) {
    const [account, cause] = lost;
    throw new Error(`${account} could not be connected: ${(cause as Error).message}`, { cause });
  }
}

/** Of both services, with zones by their IANA names; an account at the one has the same name at the other. */
async function readPeople(sandbox: DemoApi): Promise<ReadonlyMap<string, DemoPerson>> {
  const google = await sandbox.get<{ items: DemoPerson[] }>('/google/people');
  const microsoft = await sandbox.get<{ items: (DemoPerson & { ianaTimeZone: string })[] }>('/microsoft/people');
  const all = [...microsoft.items.map((one) => ({ ...one, timeZone: one.ianaTimeZone })), ...google.items];
  return new Map(all.map((one) => [one.email, one]));
}

async function readProviders([first]: readonly DemoTenantFilling[]): Promise<ReadonlySet<string>> {
  const answer = await first?.api.get<{ data: { id: string; configured: boolean }[] }>('/v1/providers');
  return new Set((answer?.data ?? []).filter(({ configured }) => configured).map(({ id }) => id));
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

/** The product makes the keys in its first moments. */
async function openTenant(plan: DemoTenant, { productUrl, dataDir, signal }: DemoPlace): Promise<DemoTenantFilling> {
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

async function bookOnce(
  filling: DemoFilling,
  tenant: DemoTenantFilling,
  { meeting, index }: { meeting: DemoMeeting; index: number },
): Promise<void> {
  const { progress, people, signal } = filling;
  const step = `${tenant.ownerId} meeting ${index}`;
  const hosts = connectionsOf(tenant).filter(({ account }) => meeting.hosts.includes(account));
  if (progress.has(step) || !hosts.every((host) => isInReach(filling, host))) return;
  const known = await untilDefined(signal, `the calendars of ${meeting.hosts.join(', ')}`, async () => {
    const found = await connectionsIn(tenant);
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

async function bringToItsEnd(filling: DemoFilling, tenant: DemoTenantFilling, wanted: DemoConnection): Promise<void> {
  const step = endStep(tenant, wanted.account);
  if (filling.progress.has(step)) return;
  const { signal, sandbox } = filling;
  const first = (await connectionsIn(tenant)).find(({ account_email }) => account_email === wanted.account);
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
  { signal }: DemoFilling,
  { api }: DemoTenantFilling,
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

function connectionsOf({ plan }: DemoTenantFilling): readonly DemoConnection[] {
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
