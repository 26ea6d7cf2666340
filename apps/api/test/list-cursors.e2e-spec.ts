import { afterAll, beforeAll, expect, it } from 'vitest';
import { operations, type Operation } from '@daymark/api-contract';
import type { Instant } from '@daymark/domain';
import { seedMeeting } from './support/seeded-meetings.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let tenant: TestTenant;
let meetingId: string;

beforeAll(async () => {
  test = await startTestApp();
  tenant = await makeTenant(test);
  meetingId = (await seedMeeting(test, tenant, { start: (Date.now() + 86_400_000) as Instant })).wireId;
});

afterAll(async () => {
  await test?.close();
});

const encoded = (position: unknown): string => Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
const ID = '01900000-0000-7000-8000-000000000000';

/** Each is refused by every list, whatever its own cursors look like. */
const foreign = {
  'no base64': '%00',
  'no JSON': Buffer.from('garbage', 'utf8').toString('base64url'),
  'of too many parts': encoded([1, ID, 2]),
  'of words': encoded(['one']),
  'of two words': encoded(['one', 'other']),
  'with a time out of range': encoded([9e15, ID]),
  'with no id': encoded([1_800_000_000_000, 'x']),
  'of a broken number': encoded([1.5]),
};

/** What a list needs besides its cursor. */
const needed: Readonly<Record<string, string>> = {
  listEvents: 'from=2027-03-01T00:00:00Z&to=2027-03-08T00:00:00Z',
};

/** All but those below something other than a meeting, and the operator's list of tenants, which no tenant's key opens. */
const lists = Object.values<Operation>(operations).filter(
  ({ method, query, path }) =>
    method === 'get' && query !== undefined && 'cursor' in query.shape && path !== '/v1/tenants' && !/\{(?!meeting_id)/.test(path),
);

it('finds the lists', () => {
  expect(lists.map(({ id }) => id)).toEqual(expect.arrayContaining(['listMeetings', 'listEvents', 'listMeetingDeliveries', 'listUsers']));
});

it.each(lists.map(({ id, path }) => [id, path] as const))('%s refuses cursors that it did not make', async (id, path) => {
  const address = path.replace('{meeting_id}', meetingId);
  for (const [what, cursor] of Object.entries(foreign)) {
    const answer = await test.request('GET', `${address}?${needed[id] ?? ''}&cursor=${encodeURIComponent(cursor)}`, { key: tenant.key });
    expect([what, answer.status, answer.body.code]).toEqual([what, 400, 'cursor-invalid']);
  }
});

it('slots refuse them too', async () => {
  for (const cursor of Object.values(foreign)) {
    const answer = await test.request('POST', '/v1/availability/slots', {
      key: tenant.key,
      body: {
        participants: [{ members: [{ user_id: tenant.owner.id }] }],
        window: { start: '2027-03-01T00:00:00Z', end: '2027-03-02T00:00:00Z' },
        duration_minutes: 30,
        cursor,
      },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'cursor-invalid']);
  }
});
