import { randomUUID } from 'node:crypto';
import { formatId, type Instant, type Uuid } from '@daymark/domain';
import type { CaughtMail } from '@daymark/sandbox';
import { Database, type Transaction } from '../../src/database/database.ts';
import type { TestApp } from './test-app.ts';
import type { TestTenant } from './tenants.ts';

export interface SeededMeeting {
  readonly id: Uuid;
  /** On the wire. */
  readonly wireId: string;
}

export interface MeetingSeed {
  readonly title?: string;
  readonly start: Instant;
  readonly minutes?: number;
  readonly reminders?: readonly number[];
  readonly conference?: unknown;
  readonly guests?: readonly {
    readonly email: string;
    readonly name?: string | null;
    readonly zone?: string | null;
    readonly locale?: string | null;
  }[];
  readonly description?: string | null;
  readonly location?: string | null;
  readonly preparation?: readonly unknown[];
  readonly status?: string;
}

/** A booked meeting of the tenant's owner, written straight into the tables. */
export async function seedMeeting(
  test: TestApp,
  tenant: TestTenant,
  seed: MeetingSeed,
  then?: (tx: Transaction, meeting: SeededMeeting) => Promise<unknown>,
): Promise<SeededMeeting> {
  const id = randomUUID() as Uuid;
  const meeting = { id, wireId: formatId('meeting', id) };
  const now = new Date(test.clock.now());
  const end = new Date(seed.start + (seed.minutes ?? 30) * 60_000);
  await test.get(Database).withTenant(tenant.tenantId, async (tx) => {
    await tx.query(
      `INSERT INTO meetings (id, tenant_id, organizer_user_id, title, description, location, status, start_at, end_at, zone, start_wall, conference, reminder_minutes, preparation, notify, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'Europe/Berlin', '2027-01-01T00:00:00', $10, $11, $12, 'all', $13, $13)`,
      [
        id,
        tenant.tenantId,
        tenant.owner.userId,
        seed.title ?? 'Product demo',
        seed.description ?? null,
        seed.location ?? null,
        seed.status ?? 'booked',
        new Date(seed.start),
        end,
        seed.conference === undefined ? null : JSON.stringify(seed.conference),
        seed.reminders ?? [],
        JSON.stringify(seed.preparation ?? []),
        now,
      ],
    );
    await addAttendee(tx, {
      meetingId: id,
      tenantId: tenant.tenantId,
      email: tenant.owner.email,
      name: null,
      zone: null,
      locale: null,
      kind: 'host',
      userId: tenant.owner.userId,
    });
    for (const { email, name = null, zone = null, locale = null } of seed.guests ?? []) {
      await addAttendee(tx, { meetingId: id, tenantId: tenant.tenantId, email, name, zone, locale, kind: 'guest', userId: null });
    }
    await then?.(tx, meeting);
  });
  return meeting;
}

interface NewAttendee {
  readonly meetingId: Uuid;
  readonly tenantId: Uuid;
  readonly email: string;
  readonly name: string | null;
  readonly zone: string | null;
  readonly locale: string | null;
  readonly kind: 'host' | 'guest';
  readonly userId: Uuid | null;
}

async function addAttendee(tx: Transaction, { meetingId, tenantId, email, name, zone, locale, kind, userId }: NewAttendee): Promise<void> {
  await tx.query(
    `INSERT INTO attendees (id, tenant_id, meeting_id, user_id, email, name, zone, locale, kind, response) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'needs-action')`,
    [randomUUID(), tenantId, meetingId, userId, email, name, zone, locale, kind],
  );
}

/** Runs SQL as the tenant. */
export async function inTenant<T>(
  test: TestApp,
  { tenantId }: Pick<TestTenant, 'tenantId'>,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return test.get(Database).withTenant(tenantId, work);
}

export function headerOf(mail: CaughtMail, name: string): string | null {
  return mail.headers.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value ?? null;
}
