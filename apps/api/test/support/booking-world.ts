import { formatEtag } from '@daymark/api-contract';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { connect, until } from './google-world.ts';
import type { Json, Received } from './request.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './tenants.ts';
import { startTestApp, type TestApp } from './test-app.ts';

/** A tenant in Berlin whose members Ada and Leo have connected their calendars. */
export interface BookingWorld {
  readonly sandbox: Sandbox;
  readonly test: TestApp;
  readonly tenant: TestTenant;
  readonly ada: TestUser;
  readonly leo: TestUser;
  /** A Monday of its own for each call, far enough ahead for notice and horizon. */
  nextDay(): string;
  /** Half an hour with Ada. */
  book(body: Json): Promise<Received>;
  /** Half an hour with Ada, on her calendar; the meeting once it is written. */
  booked(body: Json): Promise<Json>;
  meeting(id: string): Promise<Json>;
  /** Changes the meeting as it is now. */
  change(id: string, body: Json, session?: { readonly cookie: string; readonly csrf: string }): Promise<Received>;
  /** The meeting, once it is as looked for. */
  once(id: string, look: (meeting: Json) => unknown): Promise<Json>;
  close(): Promise<void>;
}

export async function startBookingWorld(): Promise<BookingWorld> {
  const sandbox = await startSandbox();
  const test = await startTestApp({ sandbox });
  const tenant = await makeTenant(test, { name: 'Acme', zone: 'Europe/Berlin' });
  const [ada, leo] = [await member('ada'), await member('leo')];
  let week = 1;

  async function member(name: string): Promise<TestUser> {
    const user = await makeUser(test, tenant, { role: 'member', email: `${name}@acme.example` });
    sandbox.google.addPerson({ email: user.email, name, timeZone: 'Europe/Berlin' });
    await connect(test, tenant, { user, email: user.email });
    return user;
  }

  const book = (body: Json): Promise<Received> =>
    test.request('POST', '/v1/meetings', {
      key: tenant.key,
      body: { title: 'Demo', duration_minutes: 30, hosts: [ada.id], time_zone: 'Europe/Berlin', ...body },
    });
  const meeting = async (id: string): Promise<Json> => (await test.request('GET', `/v1/meetings/${id}`, { key: tenant.key })).body;
  const once = (id: string, look: (meeting: Json) => unknown): Promise<Json> =>
    until(async () => {
      const found = await meeting(id);
      return look(found) ? found : null;
    });
  return {
    sandbox,
    test,
    tenant,
    ada,
    leo,
    book,
    meeting,
    once,
    nextDay() {
      week += 1;
      const now = new Date();
      const toMonday = (8 - now.getUTCDay()) % 7 || 7;
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + toMonday + week * 7)).toISOString().slice(0, 10);
    },
    async booked(body) {
      const answer = await book(body);
      if (answer.status !== 201) throw new Error(`not booked: ${JSON.stringify(answer.body)}`);
      return once(answer.body.id, (found) => found.placements[0].state === 'written');
    },
    async change(id, body, session) {
      const { version } = await meeting(id);
      const caller = session === undefined ? { key: tenant.key } : { session };
      return test.request('PATCH', `/v1/meetings/${id}`, { ...caller, headers: { 'if-match': formatEtag(version) }, body });
    },
    async close() {
      await test.close();
      await sandbox.close();
    },
  };
}
