import { Injectable } from '@nestjs/common';
import { Clock, DomainError, formatId, IdSource, nextConnectionStatus, type Uuid } from '@daymark/domain';
import type { CalendarProvider, RemoteAccount, TokenSet } from '@daymark/provider-contract';
import { Audit, type Actor } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import type { Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { ChannelsRepository } from '../push/channels.repository.ts';
import { SetupLinksRepository } from '../setup-links/setup-links.repository.ts';
import { Dues } from '../sync/dues.ts';
import type { Connection } from './connection.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { GrantsRepository } from './grants.repository.ts';
import { newConnection } from './new-connection.ts';
import type { UsedState } from './oauth-states.repository.ts';

/** What came back from the provider for a state of ours. */
export interface Consent {
  readonly used: UsedState;
  readonly service: CalendarProvider;
  readonly tokens: TokenSet;
  readonly account: RemoteAccount;
}

/** Turns a consent into a connection, or renews the one that was there. */
@Injectable()
export class ConsentedAccounts {
  constructor(
    private readonly grants: GrantsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly settings: TenantSettings,
    private readonly setupLinks: SetupLinksRepository,
    private readonly dues: Dues,
    private readonly channels: ChannelsRepository,
    private readonly jobs: JobQueue,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /**
   * Makes or renews the connection of an account that was consented to, in one transaction with its audit
   * and the job that reads its calendars. @throws DomainError `scope-missing`, `account-mismatch`, `connection-limit`.
   */
  async store(tx: Transaction, { used, service, tokens, account }: Consent): Promise<Uuid> {
    const { userId, accessProfile, connectionId, setupLinkId } = used.details;
    const missing = service.auth.missing(accessProfile, tokens.scopes);
    if (missing.length >= service.auth.missing(accessProfile, []).length) {
      throw new DomainError('scope-missing', 'none of the calendar permissions was granted, so there is nothing to connect', {
        missing: missing.map(({ capability }) => capability),
      });
    }
    // Two consents at once of one person wait for each other, so that the limit holds.
    const users = await tx.query<unknown[]>(`SELECT id FROM users WHERE id = $1 AND removed_at IS NULL FOR UPDATE`, [userId]);
    if (users.length === 0) throw new DomainError('not-found', 'the user was removed while they consented');
    if (setupLinkId !== undefined) await this.setupLinks.lockOpen(tx, setupLinkId);
    const asked = connectionId === null ? null : await this.connections.lock(tx, connectionId);
    if (connectionId !== null && asked === null) throw new DomainError('not-found', 'the connection is gone');
    const waiting = asked?.remoteAccountId === null ? asked : null;
    const known =
      asked !== null && waiting === null
        ? asked
        : ((await this.connections.findOfAccount(tx, { userId, provider: service.id, remoteAccountId: account.id })) ?? waiting);
    if (known !== null && known !== waiting && known.remoteAccountId !== account.id) {
      throw new DomainError('account-mismatch', `signed in as ${account.email}, but this connection belongs to ${known.accountEmail}`);
    }
    const isOneMore = known === null || known.status === 'revoked' || known.status === 'pending';
    const limit = isOneMore ? await this.limitReached(tx, { userId, provider: service.id }) : null;
    if (limit !== null) throw limit;
    const id =
      known === null
        ? await this.#insert(tx, { used, service, tokens, account, missing })
        : await this.#renew(tx, known, { used, tokens, account, missing });
    if (waiting !== null) await this.#endWaiting(tx, waiting, { used, made: id });
    await this.jobs.enqueue(tx, 'list-calendars', { tenantId: used.tenantId, connectionId: id }, id);
    return id;
  }

  /** The setup link is used up. Of an account that was connected already nothing more has to wait. */
  async #endWaiting(tx: Transaction, waiting: Connection, { used, made }: { used: UsedState; made: Uuid }): Promise<void> {
    await this.setupLinks.useUp(tx, { waiting: waiting.id, made });
    if (made === waiting.id) return;
    await this.connections.update(tx, waiting.id, { status: 'revoked' });
    await this.changes.record(tx, used.tenantId, [
      { type: 'connection.revoked', resource: { kind: 'connection', id: waiting.id }, version: waiting.version + 1 },
    ]);
  }

  async #insert(
    tx: Transaction,
    {
      used,
      service,
      tokens,
      account,
      missing,
    }: { used: UsedState; service: CalendarProvider; tokens: TokenSet; account: RemoteAccount; missing: Connection['missingScopes'] },
  ): Promise<Uuid> {
    const id = this.ids.next();
    const { sync } = await this.settings.get(tx);
    const grantId = await this.grants.create(tx, {
      tenantId: used.tenantId,
      userId: used.details.userId,
      provider: service.id,
      remoteAccountId: account.id,
      tokens,
    });
    const of = {
      id,
      tenantId: used.tenantId,
      userId: used.details.userId,
      provider: service.id,
      accessProfile: used.details.accessProfile,
    };
    const found = { grantId, remoteAccountId: account.id, accountEmail: account.email, label: account.email, missingScopes: missing };
    await this.connections.insert(tx, newConnection({ ...of, account: found }, { sync, now: this.clock.now() }));
    await this.audit.record(tx, actorOf(used), {
      action: 'connection.created',
      subject: { kind: 'connection', id },
      aboutUserId: used.details.userId,
      after: whatWasAgreed({ used, tokens, account }),
    });
    await this.changes.record(tx, used.tenantId, [{ type: 'connection.created', resource: { kind: 'connection', id }, version: 1 }]);
    return id;
  }

  async #renew(
    tx: Transaction,
    known: Connection,
    { used, tokens, account, missing }: { used: UsedState; tokens: TokenSet; account: RemoteAccount; missing: Connection['missingScopes'] },
  ): Promise<Uuid> {
    const grantId =
      known.grantId ??
      (await this.grants.create(tx, {
        tenantId: used.tenantId,
        userId: known.userId,
        provider: known.provider,
        remoteAccountId: account.id,
        tokens,
      }));
    if (known.grantId !== null) await this.grants.replaceTokens(tx, known.grantId, tokens);
    await this.connections.update(tx, known.id, {
      grantId,
      status: nextConnectionStatus(known.status, 'authorized') ?? 'active',
      accessProfile: used.details.accessProfile,
      missingScopes: missing,
      remoteAccountId: account.id,
      accountEmail: account.email,
      label: known.label ?? account.email,
      failureCount: 0,
      lastError: null,
      reconnectAskedAt: null,
      rateLimitedUntil: null,
      nextListAt: null,
    });
    await this.audit.record(tx, actorOf(used), {
      action: known.remoteAccountId === null ? 'connection.created' : 'connection.reauthorized',
      subject: { kind: 'connection', id: known.id },
      aboutUserId: known.userId,
      before: { status: known.status, access_profile: known.accessProfile },
      after: whatWasAgreed({ used, tokens, account }),
    });
    await this.changes.record(tx, used.tenantId, [
      { type: 'connection.updated', resource: { kind: 'connection', id: known.id }, version: known.version + 1 },
    ]);
    await this.channels.renewOfConnection(tx, known.id);
    await this.#catchUp(tx, known, { isOtherProfile: known.accessProfile !== used.details.accessProfile });
    return known.id;
  }

  /** What happened while the account was away is read at once. Another access profile shows other things, which is no reason to hold the pass. */
  async #catchUp(tx: Transaction, { id, tenantId }: Connection, { isOtherProfile }: { isOtherProfile: boolean }): Promise<void> {
    const calendars = await tx.query<{ id: Uuid }[]>(
      `SELECT id FROM calendars WHERE connection_id = $1 AND status = 'active' AND is_active ORDER BY id`,
      [id],
    );
    for (const calendar of calendars) {
      await this.dues.add(tx, {
        tenantId,
        calendarId: calendar.id,
        trigger: 'connected',
        mode: isOtherProfile ? 'full' : 'incremental',
        acceptsDeletions: isOtherProfile,
      });
    }
  }

  /** What to tell when the person has as many connections as the tenant allows. */
  async limitReached(tx: Transaction, { userId, provider }: { userId: Uuid; provider: string }): Promise<DomainError | null> {
    const most = (await this.settings.get(tx)).connections.max_per_user_per_provider;
    if (most === null || (await this.connections.countLive(tx, userId, provider)) < most) return null;
    return new DomainError('connection-limit', `this tenant allows ${most} connection(s) per person and provider`);
  }
}

function actorOf(used: UsedState): Actor {
  const { kind, id, userId, requestId } = used.details.requestedBy;
  return { tenantId: used.tenantId, credential: { kind, id }, userId, requestId };
}

function whatWasAgreed({ used, tokens, account }: Pick<Consent, 'used' | 'tokens' | 'account'>): Record<string, unknown> {
  const { accessProfile, setupLinkId } = used.details;
  return {
    provider: used.provider,
    account_email: account.email,
    access_profile: accessProfile,
    scopes: tokens.scopes,
    ...(setupLinkId === undefined ? {} : { setup_link: formatId('setupLink', setupLinkId) }),
  };
}
