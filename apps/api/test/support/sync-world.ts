import { startSandbox, type Sandbox } from '@daymark/sandbox';
import type { Configuration } from '../../src/config/config.ts';
import { connect, idle, primaryOf, query } from './google-world.ts';
import type { Json } from './request.ts';
import { makeTenant, type TestTenant } from './tenants.ts';
import { startTestApp, type TestApp } from './test-app.ts';

const DAY_MS = 86_400_000;

/** A person who has connected their account, and the primary calendar of it. */
export interface Connected {
  readonly email: string;
  readonly connection: Json;
  readonly calendar: Json;
}

/** A tenant whose people have calendars at Google; each test connects people of its own. */
export interface SyncWorld {
  readonly sandbox: Sandbox;
  readonly test: TestApp;
  readonly tenant: TestTenant;
  /** The address of somebody new at Google, not connected yet. */
  person(timeZone?: string): string;
  /** Somebody new, with what `seed` puts on their calendar before it is read. */
  connected(person?: { readonly timeZone?: string; readonly seed?: (email: string) => void }): Promise<Connected>;
  /** The same with an event a day from tomorrow on, 9 to 10 UTC. */
  connectedWith(events: number): Promise<Connected & { readonly ids: readonly string[] }>;
  /** Puts an event on somebody's calendar, so many days ahead; its id. */
  add(email: string, summary: string, days: number): string;
  at(days: number, hour: number): { dateTime: string };
  date(days: number): string;
  connection(id: string): Promise<Json>;
  conditions(id: string): Promise<string[]>;
  /** How many changes of a type there have been. */
  changes(type: string): Promise<number>;
  /** After a test: no fault, and nobody whose calendar the next test's clock would move. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export async function startSyncWorld(configuration: Partial<Configuration> = {}): Promise<SyncWorld> {
  const sandbox = await startSandbox();
  const test = await startTestApp({ sandbox, configuration });
  const tenant = await makeTenant(test);
  let people = 0;

  const date = (days: number): string => new Date(Math.floor(test.clock.now() / DAY_MS + days) * DAY_MS).toISOString().slice(0, 10);
  const at = (days: number, hour: number): { dateTime: string } => ({
    dateTime: `${date(days)}T${String(hour).padStart(2, '0')}:00:00Z`,
  });
  const add = (email: string, summary: string, days: number): string =>
    sandbox.google.createEvent({ as: email }, { summary, start: at(days, 9), end: at(days, 10) }).id!;
  const connection = async (id: string): Promise<Json> => (await test.request('GET', `/v1/connections/${id}`, { key: tenant.key })).body;
  const person = (timeZone = 'Europe/Berlin'): string => {
    people += 1;
    const email = `person${people}@acme.example`;
    sandbox.google.addPerson({ email, timeZone });
    return email;
  };
  const connected: SyncWorld['connected'] = async ({ timeZone, seed } = {}) => {
    const email = person(timeZone);
    seed?.(email);
    const made = await connect(test, tenant, { email });
    return { email, connection: made, calendar: await primaryOf(test, tenant, made.id) };
  };
  return {
    sandbox,
    test,
    tenant,
    person,
    connected,
    add,
    at,
    date,
    connection,
    async connectedWith(events) {
      let ids: readonly string[] = [];
      const found = await connected({
        seed: (email) => {
          ids = Array.from({ length: events }, (_, n) => add(email, `Event ${n}`, n + 1));
        },
      });
      return { ...found, ids };
    },
    conditions: async (id) => (await connection(id)).conditions.map(({ condition }: Json) => condition),
    changes: async (type) => (await query(test, tenant, `SELECT id FROM changes WHERE type = $1`, [type])).length,
    async rest() {
      sandbox.faults.clear();
      sandbox.pages.clear();
      await query(test, tenant, `UPDATE connections SET sync_enabled = false`);
      await idle(test);
    },
    async close() {
      await test.close();
      await sandbox.close();
    },
  };
}
