import { Injectable } from '@nestjs/common';
import type { Secret } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Database } from '../database/database.ts';
import { SessionsService } from './sessions.service.ts';
import { usersWithAddress, type SignInUser } from './sign-in-users.ts';
import { TenantsService } from './tenants.service.ts';
import { UsersRepository } from './users.repository.ts';

/** Why there is no link, in words for the operator: what is wrong and what to do. */
export class SignInLinkError extends Error {
  override readonly name = 'SignInLinkError';
  readonly fix: string;

  constructor(cause: string, { fix }: { readonly fix: string }) {
    super(cause);
    this.fix = fix;
  }
}

export interface MadeLink {
  /** Works once, within a day. */
  readonly url: Secret;
  readonly user: SignInUser;
}

/** Links that the operator makes for somebody who has no other way in. */
@Injectable()
export class SignInLinks {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsService,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly audit: Audit,
  ) {}

  /** `tenant` is a short name, null when there is no need to choose. @throws SignInLinkError */
  async make(email: string, { tenant }: { readonly tenant: string | null }): Promise<MadeLink> {
    const user = await this.#choose(email, tenant);
    // Noted before it is made: a link that nobody knows of would be worse than a note without a link.
    await this.database.withTenant(user.tenantId, (tx) =>
      this.audit.record(
        tx,
        { tenantId: user.tenantId, platform: true },
        {
          action: 'sign_in_link.created',
          subject: { kind: 'user', id: user.userId },
          aboutUserId: user.userId,
          after: { email: user.email },
        },
      ),
    );
    return { user, url: await this.sessions.makeLink(user) };
  }

  async #choose(email: string, tenant: string | null): Promise<SignInUser> {
    const found: SignInUser[] = [];
    for await (const user of usersWithAddress(email, { database: this.database, tenants: this.tenants, users: this.users }))
      found.push(user);
    const slugs = found.map(({ tenantSlug }) => tenantSlug);
    const [only] = tenant === null ? found : found.filter(({ tenantSlug }) => tenantSlug === tenant);
    if (found.length === 0)
      throw new SignInLinkError(`no active tenant has a user with the address ${email}`, {
        fix: 'check the address, or let an administrator invite it first',
      });
    if (only === undefined)
      throw new SignInLinkError(`${email} is no user of a tenant with the short name '${tenant}'`, {
        fix: `choose one of ${slugs.join(', ')}`,
      });
    if (tenant === null && found.length > 1)
      throw new SignInLinkError(`${email} is a user of several tenants: ${slugs.join(', ')}`, {
        fix: `say which one, as in --tenant ${only.tenantSlug}`,
      });
    return only;
  }
}
