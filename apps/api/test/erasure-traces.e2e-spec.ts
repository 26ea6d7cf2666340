import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Uuid } from '@daymark/domain';
import { MailsRepository } from '../src/mail/mails.repository.ts';
import { adminQuery } from './support/admin-query.ts';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { primaryOf, syncNow, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';

/** Where an address may still stand after the erasure of whose it was, each with why. */
const KEPT: Readonly<Record<string, string>> = {
  'public.idempotency_keys.key': 'chosen by the caller, and without it a repeated call would be done again; gone after a day',
};
const AFTER_LEASE_MS = 61_000;

let world: BookingWorld;
let guest = '';
let connectionId = '';
let calendarId = '';
let erased = 0;

beforeAll(async () => {
  world = await startBookingWorld();
  const connections = await world.test.request('GET', '/v1/connections', { key: world.tenant.key });
  connectionId = connections.body.data.find((one: Json) => one.account_email === world.ada.email).id;
  calendarId = (await primaryOf(world.test, world.tenant, connectionId)).id;
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  erased += 1;
  guest = `Sam.Guest+${erased}@customer.example`;
  world.sandbox.faults.clear();
  world.sandbox.journal.clear();
});

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** Every column of the database that can hold text in the clear, by the database's own catalogue. */
async function textColumns(): Promise<Column[]> {
  return adminQuery<Column>(
    world.test,
    `SELECT n.nspname AS schema, c.relname AS table, a.attname AS column
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
     WHERE n.nspname IN ('public', 'pgboss') AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', '_text', '_varchar', '_jsonb'))`,
  );
}

/** The columns in which a text stands, whatever its case. */
async function columnsWith(text: string): Promise<string[]> {
  const looks = (await textColumns()).map(
    ({ schema, table, column }) =>
      `SELECT '${schema}.${table}.${column}' AS name WHERE EXISTS (SELECT FROM "${schema}"."${table}" WHERE position(lower($1) IN lower("${column}"::text)) > 0)`,
  );
  return (await adminQuery<{ name: string }>(world.test, `${looks.join(' UNION ALL ')} ORDER BY 1`, [text])).map(({ name }) => name);
}

const erase = (body: Json, query = ''): Promise<Json> =>
  world.test.request('POST', `/v1/privacy/erasures${query}`, { key: world.tenant.key, body });
const attendees = (): Json[] => [
  { email: guest, name: `Samantha ${erased}` },
  { email: 'other@customer.example', name: 'Other' },
];

/** Everything that can be done with a guest: booked, moved, cancelled, invited to an event, mirrored, with calls that got lost. */
async function meetInEveryWay(): Promise<Json> {
  const { test, tenant, sandbox } = world;
  const day = world.nextDay();
  const words = { description: `Call <${guest}> before.`, location: `Office of ${guest}` };
  const meeting = await world.booked({ title: `With ${guest}`, start: `${day}T08:00:00Z`, attendees: attendees(), ...words });
  expect((await world.change(meeting.id, { start: `${day}T09:00:00Z` })).status).toBe(200);
  await world.once(meeting.id, (found) => found.placements[0].state === 'written');
  const off = await world.booked({
    title: 'Off',
    start: `${day}T11:00:00Z`,
    attendees: attendees(),
    external_ref: { type: 'contact', id: guest },
    reminders: [60],
  });
  await test.request('POST', `/v1/meetings/${off.id}/cancel`, { key: tenant.key, body: { comment: `${guest} is ill.` } });
  await world.once(off.id, (found) => found.placements[0].state === 'removed');
  await syncNow(test, tenant, connectionId);
  sandbox.faults.add({ operation: 'events.patch', when: 'after', answer: { kind: 'reset' } });
  sandbox.faults.add({ operation: 'events.get', answer: { kind: 'status', status: 503 }, times: 100 });
  expect((await world.change(meeting.id, { start: `${day}T13:00:00Z` })).status).toBe(200);
  await world.once(meeting.id, (found) => found.placements[0].state === 'waiting');
  await adminQuery(
    test,
    `UPDATE pgboss.job SET output = jsonb_build_object('message', 'no such person: ' || $1::text) WHERE name = 'send-mail'`,
    [guest],
  );
  return meeting;
}

describe('CMP-05 the erasure of a guest', () => {
  it('leaves the address and the name in no column of the database', async () => {
    const meeting = await meetInEveryWay();
    const before = await columnsWith(guest);
    expect(before).toEqual(expect.arrayContaining(['public.placements.agreed', 'public.placements.tried', 'public.placements.wanted']));
    expect(before).toEqual(expect.arrayContaining(['public.audit_details.after', 'public.event_details.attendees', 'pgboss.job.output']));
    expect(await erase({ email: guest }, '?dry_run=true')).toMatchObject({
      body: { state: 'planned', counts: { meetings: 2, attendees: 2 } },
    });
    expect(await columnsWith(guest)).toEqual(before);

    expect(await erase({ email: guest.toUpperCase() })).toMatchObject({
      status: 202,
      body: { state: 'done', counts: { meetings: 2, attendees: 2 } },
    });
    expect((await columnsWith(guest)).filter((column) => !(column in KEPT))).toEqual([]);
    expect(await columnsWith(`Samantha ${erased}`)).toEqual([]);
    expect(await columnsWith('other@customer.example')).toEqual(
      expect.arrayContaining(['public.attendees.email', 'public.placements.wanted']),
    );
    world.sandbox.faults.clear();
    world.test.clock.advance(AFTER_LEASE_MS);
    await world.once(meeting.id, (found) => found.placements[0].state === 'written');
    expect(await world.test.request('POST', '/v1/audit-events/verify', { key: world.tenant.key })).toMatchObject({
      body: { intact: true },
    });
  });

  it('is followed by no mail and no invitation to what stands for the address', async () => {
    const day = world.nextDay();
    const meeting = await world.booked({ title: 'Goes on', start: `${day}T08:00:00Z`, attendees: attendees(), notify: 'all' });
    await until(async () => world.sandbox.mail.list().some(({ to }) => to.includes(guest.toLowerCase()) || to.includes(guest)));
    await erase({ email: guest });
    world.sandbox.mail.clear();
    world.sandbox.journal.clear();
    expect((await world.change(meeting.id, { start: `${day}T09:00:00Z` })).status).toBe(200);
    await world.once(meeting.id, (found) => found.placements[0].state === 'written');
    await until(async () => world.sandbox.mail.list().some(({ to }) => to.includes('other@customer.example')));
    const addressed = await adminQuery<{ recipient: string }>(
      world.test,
      `SELECT recipient FROM mails UNION SELECT recipient FROM reminders`,
    );
    expect(addressed.filter(({ recipient }) => recipient.includes('@invalid'))).toEqual([]);
    expect(JSON.stringify(world.sandbox.google.events(world.ada.email))).not.toContain('@invalid');
  });

  it('is also of somebody who was invited to an event only', async () => {
    const day = world.nextDay();
    const created = await world.test.request('POST', '/v1/events', {
      key: world.tenant.key,
      body: { calendar_id: calendarId, title: 'No meeting', start: `${day}T08:00:00Z`, end: `${day}T09:00:00Z`, attendees: attendees() },
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    expect(await erase({ email: guest })).toMatchObject({ status: 202, body: { counts: { meetings: 0, audit_details: 1 } } });
    expect((await columnsWith(guest)).filter((column) => !(column in KEPT))).toEqual([]);
    expect(await erase({ email: guest })).toMatchObject({ status: 404 });
  });

  it('holds though a mail to somebody else is on its way', async () => {
    const { test, tenant } = world;
    const meeting = await world.booked({ title: `With ${guest}`, start: `${world.nextDay()}T08:00:00Z`, attendees: attendees() });
    const mail = await until(async () => {
      const [sent] = await adminQuery<{ id: Uuid; tenant_id: Uuid }>(
        test,
        `SELECT id, tenant_id FROM mails WHERE recipient = 'other@customer.example' AND state = 'sent' AND meeting_id = (SELECT id FROM meetings WHERE title = $1)`,
        [meeting.title],
      );
      return sent ?? null;
    });
    await adminQuery(test, `UPDATE mails SET state = 'sending', details = details - 'subject' WHERE id = $1`, [mail.id]);
    expect(await erase({ email: guest })).toMatchObject({ status: 202 });
    const sent = { id: mail.id, kind: 'rescheduled', recipient: 'other@customer.example', meeting: null } as const;
    await test.get(MailsRepository).markSent(mail.tenant_id, sent, `Moved: With ${guest}`);
    expect((await columnsWith(guest)).filter((column) => !(column in KEPT))).toEqual([]);
    const deliveries = await test.request('GET', `/v1/meetings/${meeting.id}/deliveries`, { key: tenant.key });
    expect(deliveries.status).toBe(200);
  });

  it('holds though a write of it is under way, which is then looked at', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', when: 'after', answer: { kind: 'slow', delayMs: 1500 } });
    const booked = await world.book({ title: 'Under way', start: `${world.nextDay()}T08:00:00Z`, attendees: attendees() });
    await until(async () => world.sandbox.journal.list({ operation: 'events.insert' }).length > 0);
    expect(await erase({ email: guest })).toMatchObject({ status: 202 });
    await until(async () => world.test.logs.some((line) => line.includes('another worker took the placement over')));
    expect((await columnsWith(guest)).filter((column) => !(column in KEPT))).toEqual([]);
    world.test.clock.advance(AFTER_LEASE_MS);
    await world.once(booked.body.id, (found) => found.placements[0].state === 'written');
    expect((await columnsWith(guest)).filter((column) => column.startsWith('public.placements'))).toEqual([]);
  });
});
