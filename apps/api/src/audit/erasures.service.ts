import { Injectable } from '@nestjs/common';
import type { BodyOf, Erasure, operations } from '@daymark/api-contract';
import { Clock, DomainError, formatId, formatInstant, IdSource, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import { hasRole, type Caller } from '../http/caller.ts';
import { checkedId } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { Accounts } from '../identity/accounts.ts';
import { UsersRepository, type User } from '../identity/users.repository.ts';
import { UsersService } from '../identity/users.service.ts';
import { AuditEventsRepository } from './audit-events.repository.ts';
import { Audit } from './audit.ts';
import { ERASED_ADDRESS } from './erased-address.ts';
import { forgetTraces } from './traces.ts';

type Counts = Erasure['counts'];

/** Forgets a person: what they lent, what was mirrored, how they were addressed, what the audit tells about them. */
@Injectable()
export class ErasuresService {
  constructor(
    private readonly writes: Writes,
    private readonly users: UsersRepository,
    private readonly usersService: UsersService,
    private readonly accounts: Accounts,
    private readonly auditEvents: AuditEventsRepository,
    private readonly audit: Audit,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** A dry run counts what would go. The audit keeps that an erasure happened. */
  async create(caller: Caller, body: BodyOf<typeof operations.createErasure>): Promise<Answer<Erasure>> {
    let accountId: Uuid | null = null;
    const answer = await this.writes.run<Erasure>(caller, async (tx) => {
      const id = this.ids.next();
      const user = await this.#user(tx, body);
      accountId = user?.accountId ?? null;
      const email = user?.email ?? body.email!;
      const ended = user === null ? null : await this.#eraseUser(tx, caller, user);
      const { isKnown, ...guest } = await this.#eraseGuest(tx, email);
      if (user === null && !isKnown) throw new DomainError('not-found', 'Nobody here is known by this.');
      // Accounts are above tenants, so that this one cannot go in the same transaction; the job sees to it in any case.
      if (user !== null)
        await this.jobs.enqueue(tx, 'erase-account', { tenantId: caller.tenantId, accountId: user.accountId }, user.accountId);
      const counts = { ...guest, ...ended, audit_details: guest.audit_details + (ended?.audit_details ?? 0) };
      await this.audit.record(tx, caller, {
        action: 'privacy.erased',
        subject: { kind: user === null ? 'person' : 'user', id: user?.id ?? null },
        after: { ...counts },
      });
      return {
        id: formatId('job', id),
        state: caller.isDryRun ? 'planned' : 'done',
        dry_run: caller.isDryRun,
        counts,
        requested_at: formatInstant(this.clock.now()),
      };
    });
    // Whoever is answered that it is done finds it done. The account stays while it is a user of another tenant.
    if (accountId !== null && !caller.isDryRun) await this.accounts.erase(accountId);
    return answer;
  }

  async #user(tx: Transaction, { user_id, email }: BodyOf<typeof operations.createErasure>): Promise<User | null> {
    if (user_id === undefined) return this.users.findByEmail(tx, email!);
    const user = await this.users.lock(tx, checkedId('user', user_id));
    if (user === null) throw new DomainError('not-found', 'There is no user with this id.');
    return user;
  }

  async #eraseUser(
    tx: Transaction,
    caller: Caller,
    user: User,
  ): Promise<Pick<Counts, 'accounts' | 'connections' | 'events' | 'audit_details'>> {
    if (!hasRole(caller, user.role)) throw new DomainError('forbidden-role', `Only an ${user.role} may erase an ${user.role}.`);
    if (user.role === 'owner' && (await this.users.countOtherOwners(tx, user.id)) === 0)
      throw new DomainError('last-owner', 'This is the only owner of the tenant.');
    const { connections_revoked: connections } = await this.usersService.remove(tx, caller, user);
    const [, events] = await tx.query<[unknown[], number]>(
      `DELETE FROM events WHERE calendar_id IN (SELECT c.id FROM calendars c JOIN connections n ON n.id = c.connection_id WHERE n.user_id = $1)`,
      [user.id],
    );
    await forgetName(tx, user.id);
    return { accounts: 1, connections, events, audit_details: await this.auditEvents.eraseDetails(tx, user.id, this.clock.now()) };
  }

  /** As somebody whom meetings were with. */
  async #eraseGuest(tx: Transaction, email: string): Promise<Counts & { readonly isKnown: boolean }> {
    const [met, attendees] = await tx.query<[{ meeting_id: Uuid }[], number]>(
      `UPDATE attendees SET email = ${ERASED_ADDRESS}, name = NULL, zone = NULL, locale = NULL WHERE lower(email) = lower($1) RETURNING meeting_id`,
      [email],
    );
    const [, deliveries] = await tx.query<[unknown[], number]>(`DELETE FROM mails WHERE lower(recipient) = lower($1)`, [email]);
    await tx.query(`DELETE FROM reminders WHERE lower(recipient) = lower($1)`, [email]);
    // Who is sending one now would note a subject that may name the guest.
    await tx.query(`UPDATE mails SET details = details || '{"subject": null}' WHERE state = 'sending' AND meeting_id = ANY($1)`, [
      met.map(({ meeting_id }) => meeting_id),
    ]);
    const traces = await forgetTraces(tx, email);
    const audit_details = await this.auditEvents.eraseMentions(tx, email, this.clock.now());
    const meetings = new Set(met.map(({ meeting_id }) => meeting_id)).size;
    const isKnown = attendees + deliveries + traces + audit_details > 0;
    return { ...NOTHING, meetings, attendees, deliveries, audit_details, isKnown };
  }
}

const NOTHING: Counts = { accounts: 0, connections: 0, events: 0, meetings: 0, attendees: 0, deliveries: 0, audit_details: 0 };

/** The row may have to stay until access is withdrawn at the provider, or because claims refer to it. */
async function forgetName(tx: Transaction, id: Uuid): Promise<void> {
  await tx.query(`UPDATE users SET name = 'Erased', email = ${ERASED_ADDRESS}, preferences = '{}' WHERE id = $1`, [id]);
  await tx.query(`UPDATE resources SET name = 'Erased', address = NULL WHERE user_id = $1`, [id]);
}
