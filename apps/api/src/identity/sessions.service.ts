import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '@daymark/api-contract';
import { addMilliseconds, Clock, DAY_MS, DomainError, formatId, formatInstant, IdSource, Secret, type Uuid } from '@daymark/domain';
import { Audit, type Actor } from '../audit/audit.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { LogContext } from '../http/log-context.ts';
import { Operators } from '../http/operators.ts';
import { notFound } from '../http/path-ids.ts';
import { PRODUCT_VERSION } from '../http/product-version.ts';
import { csrfToken, SESSION_MS } from '../http/session-cookie.ts';
import { Chance } from '../ports/ports.ts';
import { Accounts, type Membership } from './accounts.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { TenantSettings } from './tenant-settings.ts';

const LINK_MS = DAY_MS;

interface Member {
  readonly tenantId: Uuid;
  readonly userId: Uuid;
  readonly accountId: Uuid;
}

/** Who is signed in: sessions, links that make one, and the way from one tenant to another. */
@Injectable()
export class SessionsService {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly accounts: Accounts,
    private readonly settings: TenantSettings,
    private readonly operators: Operators,
    private readonly audit: Audit,
    private readonly log: LogContext,
    private readonly chance: Chance,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** The session of a caller; `token` is what its cookie holds. */
  async describe(caller: Caller, token: Secret): Promise<Session> {
    const { session, settings } = await this.database.withTenant(caller.tenantId, async (tx) => ({
      session: await this.sessions.get(tx, caller.credential.id),
      settings: await this.settings.get(tx),
    }));
    const memberships = await this.accounts.memberships(session.accountId);
    const { sandbox, mode } = this.configuration;
    return {
      account: { id: formatId('account', session.accountId), email: session.email, name: session.name },
      is_platform: await this.operators.isOperator(caller),
      tenant: {
        id: formatId('tenant', session.tenant.id),
        name: session.tenant.name,
        slug: session.tenant.slug,
        time_zone: settings.time_zone,
      },
      user: {
        id: formatId('user', session.userId),
        name: session.name,
        email: session.email,
        time_zone: session.zone,
        locale: session.locale,
      },
      role: session.role,
      tenants: memberships.map(({ tenantId, tenantName, tenantSlug, role }) => ({
        id: formatId('tenant', tenantId),
        name: tenantName,
        slug: tenantSlug,
        role,
      })),
      csrf_token: csrfToken(token.reveal()),
      expires_at: formatInstant(session.expiresAt),
      mode,
      version: PRODUCT_VERSION,
      sandbox: sandbox === null ? null : { mail_url: sandbox.mailUrl, control_url: sandbox.controlUrl },
    };
  }

  /** Signs a member in. @returns the token for the cookie, shown this once. */
  async begin(member: Member, how: string): Promise<Secret> {
    const token = this.#token();
    const id = this.ids.next();
    const now = this.clock.now();
    await this.database.withTenant(member.tenantId, async (tx) => {
      await this.sessions.insert(tx, {
        ...member,
        id,
        tokenHash: sha256(token.reveal()),
        createdAt: now,
        expiresAt: addMilliseconds(now, SESSION_MS),
      });
      await this.audit.record(tx, this.#actor(member, id), {
        action: 'session.started',
        subject: { kind: 'session', id },
        aboutUserId: member.userId,
        after: { how },
      });
    });
    return token;
  }

  async end(caller: Caller): Promise<void> {
    await this.database.withTenant(caller.tenantId, async (tx) => {
      await this.sessions.delete(tx, caller.credential.id);
      await this.audit.record(tx, caller, {
        action: 'session.ended',
        subject: { kind: 'session', id: caller.credential.id },
        aboutUserId: caller.userId,
      });
    });
  }

  /** Ends the session and begins one in another tenant of the same account. */
  async switchTenant(caller: Caller, tenantId: Uuid): Promise<{ readonly token: Secret; readonly session: Session }> {
    const accountId = caller.accountId!;
    const membership = (await this.accounts.memberships(accountId)).find((one) => one.tenantId === tenantId);
    if (membership === undefined) throw notFound('tenant');
    const token = await this.begin({ tenantId, userId: membership.userId, accountId }, 'switch');
    await this.end(caller);
    const credential = await this.#credentialOf(token);
    return {
      token,
      session: await this.describe({ ...caller, tenantId, userId: membership.userId, role: membership.role, credential }, token),
    };
  }

  /** Signs an account in where it belongs: the tenant used last is not known, so the first by name. */
  async beginFor(accountId: Uuid, how: string): Promise<Secret> {
    const [first]: (Membership | undefined)[] = await this.accounts.memberships(accountId);
    if (first === undefined) throw new DomainError('account-unknown', 'No tenant has a user with this address.');
    return this.begin({ tenantId: first.tenantId, userId: first.userId, accountId }, how);
  }

  /** A link that signs a user in once, within a day. */
  async makeLink({ tenantId, userId }: { readonly tenantId: Uuid; readonly userId: Uuid }): Promise<Secret> {
    const token = this.#token();
    const now = this.clock.now();
    await this.database.withTenant(tenantId, (tx) =>
      this.sessions.insertLink(tx, {
        id: this.ids.next(),
        tenantId,
        userId,
        tokenHash: sha256(token.reveal()),
        createdAt: now,
        expiresAt: addMilliseconds(now, LINK_MS),
      }),
    );
    return new Secret(`${this.configuration.publicUrl}/auth/link?token=${token.reveal()}`);
  }

  /** @throws DomainError `sign-in-link-used` for a link that was used or is too old, `sign-in-link-unknown` for one that was never made. */
  async useLink(token: Secret): Promise<Secret> {
    const [row] = await this.database.door<{ tenant_id: Uuid; user_id: Uuid; account_id: Uuid; is_usable: boolean }>(
      'door_use_sign_in_link',
      sha256(token.reveal()),
      toTimestamp(this.clock.now()),
    );
    if (row === undefined) throw new DomainError('sign-in-link-unknown', 'No sign-in link with this token was made here.');
    if (!row.is_usable) throw new DomainError('sign-in-link-used', 'This link was used before, or it is older than a day.');
    return this.begin({ tenantId: row.tenant_id, userId: row.user_id, accountId: row.account_id }, 'link');
  }

  async #credentialOf(token: Secret): Promise<Caller['credential']> {
    const [row] = await this.database.door<{ id: Uuid }>('door_find_session', sha256(token.reveal()), toTimestamp(this.clock.now()));
    return { kind: 'session', id: row!.id };
  }

  #actor(member: Member, sessionId: Uuid): Actor {
    return {
      tenantId: member.tenantId,
      credential: { kind: 'session', id: sessionId },
      userId: member.userId,
      requestId: this.log.fields()['requestId'] ?? 'none',
    };
  }

  #token(): Secret {
    return new Secret(this.chance.bytes(32).toString('base64url'));
  }
}
