import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { connect, idle, primaryOf, query } from './google-world.ts';
import type { Json } from './request.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './tenants.ts';
import { startTestApp, type TestApp } from './test-app.ts';

const DAY_MS = 86_400_000;

/** Somebody of the tenant with their Outlook account and its default calendar. */
export interface OutlookMember {
  readonly user: TestUser;
  readonly email: string;
  readonly connection: Json;
  readonly calendar: Json;
}

/** A tenant in UTC whose people have calendars at Outlook; each test has people of its own. */
export interface OutlookWorld {
  readonly sandbox: Sandbox;
  readonly test: TestApp;
  readonly tenant: TestTenant;
  /** The address of somebody new at Outlook, in the organisation of that domain, whom nobody here knows. */
  person(domain?: string): string;
  /** A new user whose account of that domain is connected, with what `seed` puts on its calendar before it is read. */
  member(options?: { readonly domain?: string; readonly seed?: (email: string) => void }): Promise<OutlookMember>;
  /** Puts an event on somebody's default calendar; its id. */
  add(email: string, subject: string, when: { readonly start: object; readonly end: object }): string;
  /** Hours of a day from the Monday at least a week ahead on; as Graph takes them. */
  at(day: number, from: string, until: string): { start: object; end: object };
  /** The same as instants of ours. */
  on(day: number, time: string): string;
  post(path: string, body: Json): Promise<{ readonly status: number; readonly body: Json }>;
  /** After a test: no fault, and nobody whose calendar the next test's clock would move. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** A personal account: without Teams, and without a word about others. */
export const PERSONAL = 'outlook.com';

export async function startOutlookWorld(): Promise<OutlookWorld> {
  const sandbox = await startSandbox();
  const test = await startTestApp({ sandbox, outlook: {} });
  const tenant = await makeTenant(test, { name: 'Acme', zone: 'UTC' });
  const monday = test.clock.now() + (7 + ((8 - new Date(test.clock.now()).getUTCDay()) % 7)) * DAY_MS;
  let people = 0;

  const on = (day: number, time: string): string => `${new Date(monday + day * DAY_MS).toISOString().slice(0, 10)}T${time}:00Z`;
  const person = (domain = 'acme.example'): string => {
    people += 1;
    const email = `person${people}@${domain}`;
    sandbox.microsoft.addPerson({ email, timeZone: 'UTC' });
    return email;
  };
  return {
    sandbox,
    test,
    tenant,
    person,
    on,
    async member({ domain, seed } = {}) {
      const email = person(domain);
      seed?.(email);
      const user = await makeUser(test, tenant, { email: `user${people}@office.example` });
      const connection = await connect(test, tenant, { user, email, provider: 'outlook' });
      return { user, email, connection, calendar: await primaryOf(test, tenant, connection.id) };
    },
    add: (email, subject, when) => sandbox.microsoft.createEvent({ as: email }, { subject, ...when }).id,
    at: (day, from, until) => {
      const moment = (time: string) => ({ dateTime: on(day, time).replace('Z', ''), timeZone: 'UTC' });
      return { start: moment(from), end: moment(until) };
    },
    post: (path, body) => test.request('POST', path, { key: tenant.key, body }),
    async rest() {
      sandbox.faults.clear();
      sandbox.microsoft.setConference({ delayMs: 0, fails: false });
      await query(test, tenant, `UPDATE connections SET sync_enabled = false`);
      await idle(test);
    },
    async close() {
      await test.close();
      await sandbox.close();
    },
  };
}
