import { Injectable } from '@nestjs/common';
import { Clock, type Uuid } from '@daymark/domain';
import { errorTreatment, ProviderError, type CalendarProvider } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { UnsealError } from '../crypto/envelope.ts';
import { Database, type Transaction } from '../database/database.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { OutboundHttp } from '../outbound/outbound-http.ts';
import { ChannelCalls } from '../push/channel-calls.ts';
import { ChannelsRepository } from '../push/channels.repository.ts';
import type { Connection } from './connection.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { GrantsRepository, type LiveGrant } from './grants.repository.ts';
import { ProviderCalls } from './provider-calls.ts';

/**
 * Gives back what a disconnected account lent. The provider is told only if nothing else lives from
 * the same account and client, since some services end all of an account's grants at once; otherwise
 * the tokens are deleted here and the audit says why.
 */
@Injectable()
export class EndConnectionJob implements JobHandler {
  readonly queue = 'end-connection';
  readonly concurrency = 2;

  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly grants: GrantsRepository,
    private readonly calls: ProviderCalls,
    private readonly channels: ChannelsRepository,
    private readonly channelCalls: ChannelCalls,
    private readonly outbound: OutboundHttp,
    private readonly audit: Audit,
    private readonly clock: Clock,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, connectionId }: JobIds): Promise<void> {
    const lent = await this.database.withTenant(tenantId, (tx) => this.#lent(tx, connectionId!));
    if (lent === null) return;
    const stopped = lent.grant === null ? 0 : await this.#stopChannels(lent.connection);
    const outcome = lent.grant === null ? 'failed' : await this.#withdraw(lent.grant);
    await this.database.withTenant(tenantId, async (tx) => {
      await this.channels.removeOfConnection(tx, connectionId!);
      await this.grants.forgetTokens(tx, lent.grantId, lent.version);
      await this.audit.record(
        tx,
        { tenantId, platform: true },
        {
          action: 'grant.withdrawn',
          subject: { kind: 'connection', id: connectionId! },
          outcome: outcome === 'failed' ? 'failed' : 'done',
          after: { tokens: 'deleted', provider: outcome, ...(stopped === 0 ? {} : { channels_stopped: stopped }) },
        },
      );
    });
  }

  /** What is still here of a connection's grant; tokens that cannot be opened are deleted all the same. */
  async #lent(
    tx: Transaction,
    connectionId: Uuid,
  ): Promise<{
    readonly connection: Connection;
    readonly grantId: Uuid;
    readonly version: number;
    readonly grant: LiveGrant | null;
  } | null> {
    const connection = await this.connections.find(tx, connectionId);
    if (connection === null || connection.status !== 'revoked' || connection.grantId === null) return null;
    const version = await this.grants.versionOf(tx, connection.grantId);
    if (version === null) return null;
    try {
      return { connection, grantId: connection.grantId, version, grant: await this.grants.findLive(tx, connection.grantId) };
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
      return { connection, grantId: connection.grantId, version, grant: null };
    }
  }

  /** While the access lasts that they were made with. A service that does not answer is asked again by the queue; what else it says is its last word. */
  async #stopChannels(connection: Connection): Promise<number> {
    const channels = await this.database.withTenant(connection.tenantId, (tx) => this.channels.ofConnection(tx, connection.id));
    let stopped = 0;
    for (const channel of channels.filter(({ remoteId, expiresAt }) => remoteId !== null && expiresAt > this.clock.now())) {
      try {
        await this.channelCalls.end(connection, channel);
        stopped += 1;
      } catch (error) {
        if (!(error instanceof ProviderError) || isWaitedFor(error)) throw error;
      }
    }
    return stopped;
  }

  /** Repeatable: revoking what is revoked succeeds. A service that does not answer is asked again by the queue. */
  async #withdraw(grant: LiveGrant): Promise<'revoked' | 'kept: the account is in use elsewhere' | 'failed'> {
    const provider = this.calls.provider(grant.provider);
    if (provider.auth.revokesWholeAccount && (await this.#isUsedElsewhere(grant))) return 'kept: the account is in use elsewhere';
    try {
      await this.#revoke(provider, grant);
      return 'revoked';
    } catch (error) {
      if (error instanceof ProviderError && !isWaitedFor(error)) return 'failed';
      throw error;
    }
  }

  async #revoke(provider: CalendarProvider, grant: LiveGrant): Promise<void> {
    const ports = { fetch: this.outbound.fetchFor(`${provider.id} token`), now: () => this.clock.now() };
    await provider.auth.revoke(grant.tokens.refreshToken ?? grant.tokens.accessToken, ports);
  }

  async #isUsedElsewhere(grant: LiveGrant): Promise<boolean> {
    const [row] = await this.database.door<{ door_count_grants_of: number }>(
      'door_count_grants_of',
      grant.provider,
      grant.remoteAccountId,
      grant.id,
    );
    return (row?.door_count_grants_of ?? 0) > 0;
  }
}

function isWaitedFor({ code }: ProviderError): boolean {
  return errorTreatment[code] === 'wait';
}
