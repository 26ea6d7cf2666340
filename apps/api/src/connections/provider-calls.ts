import { Injectable } from '@nestjs/common';
import { Clock, DomainError, type Secret } from '@daymark/domain';
import { ProviderError, ProviderRegistry, refreshingOnce, type CalendarProvider, type CalendarSession } from '@daymark/provider-contract';
import { OutboundHttp, type CallMeter } from '../outbound/outbound-http.ts';
import { AccessTokens } from './access-tokens.ts';
import { AccountGates } from './account-gates.ts';
import { ConnectionHealth } from './connection-health.ts';
import type { Connection } from './connection.ts';
import { STILL_WAITING } from './provider-problem.ts';
import { RequestBudgets } from './request-budgets.ts';

type Reached = Pick<Connection, 'id' | 'tenantId' | 'grantId' | 'provider' | 'remoteAccountId' | 'accessProfile' | 'rateLimitedUntil'>;

/**
 * The way to a provider on behalf of a connection. A refused token is renewed by force and the work
 * repeated once; refused again, or the grant gone, the connection is expired and its owner asked once.
 * So work may run twice and must be repeatable.
 */
@Injectable()
export class ProviderCalls {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly tokens: AccessTokens,
    private readonly outbound: OutboundHttp,
    private readonly gates: AccountGates,
    private readonly budgets: RequestBudgets,
    private readonly health: ConnectionHealth,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError when the provider is not configured here. */
  provider(id: string): CalendarProvider {
    const provider = this.registry.find(id);
    if (provider === null) throw new DomainError('provider-not-configured', `the provider '${id}' is not configured here`);
    return provider;
  }

  /** @throws ProviderError as the provider threw it, after what follows for the connection has been stored. */
  async with<T>(connection: Reached, work: (session: CalendarSession) => Promise<T>, meter?: CallMeter): Promise<T> {
    try {
      return await this.probe(connection, work, meter);
    } catch (error) {
      if (isUnauthorized(error)) await this.health.grantLost(connection, error);
      throw error;
    }
  }

  /** As {@link with}, but whatever is found leaves the state of the connection as it is: for looking at it. */
  async probe<T>(connection: Reached, work: (session: CalendarSession) => Promise<T>, meter?: CallMeter): Promise<T> {
    const used: { token: Secret | null } = { token: null };
    const refresh = async (): Promise<boolean> => {
      // Where no token could be had at all, asking once more would only repeat the refusal.
      if (used.token === null) return false;
      if (connection.grantId !== null) await this.tokens.renew(connection.tenantId, connection.grantId, used.token);
      return true;
    };
    return refreshingOnce(() => this.#once(connection, { work, used, meter }), refresh);
  }

  /** As {@link probe}, with the token as it is: work runs once. */
  async probeOnce<T>(connection: Reached, work: (session: CalendarSession) => Promise<T>, meter?: CallMeter): Promise<T> {
    return this.#once(connection, { work, used: { token: null }, meter });
  }

  /** Until the service's `Retry-After` nothing is asked of it for this connection. */
  #requirePatience({ rateLimitedUntil }: Reached): void {
    const retryAfterMs = rateLimitedUntil === null ? 0 : rateLimitedUntil - this.clock.now();
    if (retryAfterMs > 0)
      throw new ProviderError('rate-limited', 'The calendar service asked to wait', { reason: STILL_WAITING, retryAfterMs });
  }

  async #once<T>(
    connection: Reached,
    { work, used, meter }: { work: (session: CalendarSession) => Promise<T>; used: { token: Secret | null }; meter?: CallMeter },
  ): Promise<T> {
    this.#requirePatience(connection);
    return work(this.#open(connection, used, meter));
  }

  #open(connection: Reached, used: { token: Secret | null }, meter?: CallMeter): CalendarSession {
    const { tenantId, grantId, provider, remoteAccountId, accessProfile } = connection;
    const service = this.provider(provider);
    const account = `${provider} ${remoteAccountId}`;
    const send = this.budgets.fetchWithin(service, { account, send: this.outbound.fetchFor(provider, meter) });
    return service.open({
      profile: accessProfile,
      // The service counts by account, whichever tenants and connections its calls are for.
      fetch: this.gates.fetchThrough(account, { atOnce: service.manifest.limits.concurrentCalls, send }),
      now: () => this.clock.now(),
      credentials: async () => {
        if (grantId === null) throw new ProviderError('unauthorized', 'the connection has no grant', { reason: 'no-grant' });
        used.token = await this.tokens.valid(tenantId, grantId);
        return { accessToken: used.token };
      },
    });
  }
}

function isUnauthorized(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'unauthorized';
}
