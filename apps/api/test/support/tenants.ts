import { scopes, type Role, type Scope, type TenantRole } from '@daymark/api-contract';
import { formatId, Secret, type Uuid, type ZoneId } from '@daymark/domain';
import { Database } from '../../src/database/database.ts';
import { csrfToken, sessionCookieName } from '../../src/http/session-cookie.ts';
import { Accounts } from '../../src/identity/accounts.ts';
import { ApiKeysService } from '../../src/identity/api-keys.service.ts';
import { SessionsService } from '../../src/identity/sessions.service.ts';
import { TenantsService } from '../../src/identity/tenants.service.ts';
import { UsersService } from '../../src/identity/users.service.ts';
import { parseId } from '@daymark/domain';
import type { TestApp } from './test-app.ts';

export interface TestUser {
  readonly tenantId: Uuid;
  readonly userId: Uuid;
  readonly accountId: Uuid;
  readonly email: string;
  /** On the wire. */
  readonly id: string;
}

export interface TestTenant {
  readonly tenantId: Uuid;
  /** On the wire. */
  readonly id: string;
  readonly slug: string;
  readonly owner: TestUser;
  /** A key with the role owner and every scope. */
  readonly key: string;
}

let made = 0;

/** A tenant with an owner and a key, made through the product's own services. */
export async function makeTenant(
  test: TestApp,
  { name = 'Acme', zone = 'UTC' }: { readonly name?: string; readonly zone?: string } = {},
): Promise<TestTenant> {
  made += 1;
  const slug = `${name.toLowerCase()}-${made}`;
  const email = `owner@${slug}.example`;
  const { id: tenantId, ownerId } = await test
    .get(TenantsService)
    .establish({ name, slug, time_zone: zone as ZoneId, owner: { email, name: `Owner of ${name}` } });
  const accountId = await test.get(Accounts).ofEmail(email, name);
  const owner = { tenantId, userId: ownerId, accountId, email, id: formatId('user', ownerId) };
  return { tenantId, id: formatId('tenant', tenantId), slug, owner, key: await makeKey(test, tenantId) };
}

/** An API key of a tenant; it belongs to no user. */
export async function makeKey(
  test: TestApp,
  tenantId: Uuid,
  { role = 'owner', only = scopes }: { readonly role?: Role; readonly only?: readonly Scope[] } = {},
): Promise<string> {
  const keys = test.get(ApiKeysService);
  const secret = keys.newSecret('test');
  await test
    .get(Database)
    .withTenant(tenantId, (tx) =>
      keys.make(tx, { tenantId, platform: true }, { label: 'Test', role, scopes: only, expiresAt: null, createdBy: null, secret }),
    );
  return secret.reveal();
}

/** A user of a tenant besides its owner. */
export async function makeUser(
  test: TestApp,
  tenant: TestTenant,
  { role = 'member', email }: { readonly role?: TenantRole; readonly email?: string } = {},
): Promise<TestUser> {
  made += 1;
  const address = email ?? `${role}${made}@${tenant.slug}.example`;
  const accountId = await test.get(Accounts).ofEmail(address, `User ${made}`);
  const view = await test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) =>
      test
        .get(UsersService)
        .invite(
          tx,
          { tenantId: tenant.tenantId, platform: true },
          { accountId, email: address, name: `User ${made}`, role, time_zone: null, locale: null },
        ),
    );
  return { tenantId: tenant.tenantId, userId: parseId('user', view.id)!, accountId, email: address, id: view.id };
}

/** A signed-in browser of a user. */
export async function signIn(
  test: TestApp,
  user: Pick<TestUser, 'tenantId' | 'userId' | 'accountId'>,
): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const token: Secret = await test.get(SessionsService).begin(user, 'test');
  return { cookie: `${sessionCookieName(test.configuration.publicUrl)}=${token.reveal()}`, csrf: csrfToken(token.reveal()) };
}
