import { Injectable } from '@nestjs/common';
import type { BodyOf, CreatedSetupLink, operations, QueryOf, SetupLink as SetupLinkView } from '@daymark/api-contract';
import { addMilliseconds, Clock, DomainError, HOUR_MS, IdSource, parseId, type Uuid } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { Audit, type Actor } from '../audit/audit.ts';
import { AuthorizationService } from '../connections/authorization.service.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { ConsentedAccounts } from '../connections/consented-accounts.ts';
import { PendingConnections } from '../connections/pending-connections.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Accounts } from '../identity/accounts.ts';
import { Invitations } from '../identity/invitations.ts';
import { UsersRepository, type User } from '../identity/users.repository.ts';
import { UsersService } from '../identity/users.service.ts';
import { Mails } from '../mail/mails.ts';
import { setupLinkView, statusOf, type SetupLink, type SetupLinkEnd } from './setup-link.ts';
import { SetupLinksRepository } from './setup-links.repository.ts';
import { SetupLinkTokens } from './setup-link-tokens.ts';

type Asked = BodyOf<typeof operations.createSetupLink>;

/** Setup links as those see them who make them. */
@Injectable()
export class SetupLinksService {
  constructor(
    private readonly links: SetupLinksRepository,
    private readonly tokens: SetupLinkTokens,
    private readonly registry: ProviderRegistry,
    private readonly authorization: AuthorizationService,
    private readonly consented: ConsentedAccounts,
    private readonly pending: PendingConnections,
    private readonly connections: ConnectionsRepository,
    private readonly connecting: ConnectionsService,
    private readonly accounts: Accounts,
    private readonly users: UsersRepository,
    private readonly people: UsersService,
    private readonly invitations: Invitations,
    private readonly mails: Mails,
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async list(caller: Caller, query: QueryOf<typeof operations.listSetupLinks>): Promise<Page<SetupLinkView>> {
    const rows = await this.database.withTenant(caller.tenantId, (tx) =>
      this.links.list(tx, {
        userId: query.user_id === undefined ? null : parseId('user', query.user_id),
        statuses: query.status ?? null,
        before: cursorId(query.cursor),
        limit: query.limit + 1,
      }),
    );
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: (link) => setupLinkView(link, this.clock.now()) });
  }

  async get(caller: Caller, id: Uuid): Promise<SetupLinkView> {
    return this.database.withTenant(caller.tenantId, (tx) => this.#view(tx, id));
  }

  /** The address is in this answer only. An open link for the same person and provider ends; what waited with it waits on. */
  async create(caller: Caller, asked: Asked): Promise<Answer<CreatedSetupLink>> {
    this.#requireProvider(asked.provider);
    this.authorization.requireAllowedReturn(asked.return_url);
    const accountId = asked.email === undefined ? null : await this.accounts.ofEmail(asked.email, asked.name ?? asked.email);
    const inviter = await this.invitations.inviterName(caller);
    return this.writes.run(
      caller,
      async (tx) => {
        const user = await this.#user(tx, caller, { asked, accountId });
        const id = await this.#insert(tx, caller, { asked, userId: user.id });
        const url = await this.tokens.issue(tx, { tenantId: caller.tenantId, setupLinkId: id });
        if (asked.send_mail) await this.mails.askToConnect(tx, { tenantId: caller.tenantId, userId: user.id, setupLinkId: id, inviter });
        const view = await this.#view(tx, id);
        await this.audit.record(tx, caller, {
          action: 'setup_link.created',
          subject: { kind: 'setup_link', id },
          aboutUserId: user.id,
          after: { email: user.email, provider: view.provider, access_profile: view.access_profile, expires_at: view.expires_at },
        });
        return { ...view, url: url.reveal() };
      },
      201,
    );
  }

  async revoke(caller: Caller, id: Uuid): Promise<Answer<SetupLinkView>> {
    return this.writes.run(caller, async (tx) => {
      const link = await this.links.lock(tx, id);
      if (link === null) throw notFound('setupLink');
      if (statusOf(link, this.clock.now()) === 'open') await this.#end(tx, caller, { link, by: 'revoked' });
      return this.#view(tx, id);
    });
  }

  /** For the tick: a link whose time is over ends with what waited for it. Repeatable. */
  async expire({ tenantId, id }: Pick<SetupLink, 'tenantId' | 'id'>): Promise<void> {
    await this.database.withTenant(tenantId, async (tx) => {
      const link = await this.links.lock(tx, id);
      if (link === null || link.endedAt !== null || link.expiresAt > this.clock.now()) return;
      await this.#end(tx, { tenantId, platform: true }, { link, by: 'expired' });
    });
  }

  async #end(tx: Transaction, actor: Actor, { link, by }: { link: SetupLink; by: SetupLinkEnd }): Promise<void> {
    await this.links.end(tx, link.id, by);
    const waiting = link.connectionId === null ? null : await this.connections.lock(tx, link.connectionId);
    if (waiting?.status === 'pending') await this.connecting.end(tx, waiting, actor);
    await this.audit.record(tx, actor, {
      action: `setup_link.${by}`,
      subject: { kind: 'setup_link', id: link.id },
      aboutUserId: link.userId,
    });
  }

  /** Locks the user, so that of two links made at once the later one replaces the earlier. */
  async #user(tx: Transaction, caller: Caller, { asked, accountId }: { asked: Asked; accountId: Uuid | null }): Promise<User> {
    const id = await this.#userId(tx, caller, { asked, accountId });
    const user = id === null ? null : await this.users.lock(tx, id);
    if (user === null) throw notFound('user');
    return user;
  }

  async #userId(tx: Transaction, caller: Caller, { asked, accountId }: { asked: Asked; accountId: Uuid | null }): Promise<Uuid | null> {
    if (asked.email === undefined || accountId === null) return asked.user_id === undefined ? null : parseId('user', asked.user_id);
    const known = await this.users.findByEmail(tx, asked.email);
    if (known !== null) return known.id;
    refuseWithoutScope(caller);
    const name = asked.name ?? asked.email;
    const made = { accountId, email: asked.email, name, role: 'member', time_zone: null, locale: null } as const;
    return checkedId('user', (await this.people.invite(tx, caller, made)).id);
  }

  async #insert(tx: Transaction, caller: Caller, { asked, userId }: { asked: Asked; userId: Uuid }): Promise<Uuid> {
    const provider = asked.provider ?? null;
    const limit = provider === null ? null : await this.consented.limitReached(tx, { userId, provider });
    if (limit !== null) throw limit;
    const earlier = await this.links.lockUnended(tx, { userId, provider });
    if (earlier !== null) {
      await this.links.end(tx, earlier.id, 'replaced');
      await this.audit.record(tx, caller, {
        action: 'setup_link.replaced',
        subject: { kind: 'setup_link', id: earlier.id },
        aboutUserId: userId,
      });
    }
    const { tenantId } = caller;
    const now = this.clock.now();
    const id = this.ids.next();
    await this.links.insert(tx, {
      id,
      tenantId,
      userId,
      provider,
      accessProfile: asked.access_profile,
      returnUrl: asked.return_url ?? null,
      connectionId: await this.#waiting(tx, { tenantId, userId, provider, accessProfile: asked.access_profile, earlier }),
      requestedBy: { ...caller.credential, userId: caller.userId, requestId: caller.requestId },
      createdAt: now,
      expiresAt: addMilliseconds(now, asked.expires_in_hours * HOUR_MS),
    });
    return id;
  }

  /** What waits for the account; until a provider is named there is nothing that could. */
  async #waiting(
    tx: Transaction,
    {
      earlier,
      provider,
      ...of
    }: Pick<SetupLink, 'tenantId' | 'userId' | 'provider' | 'accessProfile'> & { readonly earlier: SetupLink | null },
  ): Promise<Uuid | null> {
    const kept = earlier?.connectionId == null ? null : await this.connections.lock(tx, earlier.connectionId);
    if (kept?.status === 'pending') {
      await this.pending.change(tx, kept.id, { provider: kept.provider, accessProfile: of.accessProfile });
      return kept.id;
    }
    return provider === null ? null : this.pending.begin(tx, { ...of, provider });
  }

  async #view(tx: Transaction, id: Uuid): Promise<SetupLinkView> {
    const link = await this.links.find(tx, id);
    if (link === null) throw notFound('setupLink');
    return setupLinkView(link, this.clock.now());
  }

  #requireProvider(id: string | undefined): void {
    const offered = this.registry.list();
    if (offered.length > 0 && (id === undefined || offered.some((one) => one.id === id))) return;
    const reason = this.registry.listUnconfigured().find((one) => id === undefined || one.id === id)?.reason;
    throw new DomainError('provider-not-configured', reason ?? `there is no provider '${id ?? '*'}' here`);
  }
}

/** Somebody new is a user of the tenant from then on, which a key for connections alone may not make. */
function refuseWithoutScope({ scopes }: Caller): void {
  if (scopes.includes('*') || scopes.includes('users:write')) return;
  throw new DomainError('forbidden-scope', 'Nobody has this address yet, and to make a user of the tenant needs the scope users:write.');
}
