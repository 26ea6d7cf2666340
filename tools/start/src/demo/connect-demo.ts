import { giveConsent } from './demo-api.ts';
import type { DemoUserView } from './demo-api.ts';
import type { DemoFilling, DemoTenantFilling } from './demo-filling.ts';
import { connectionsIn, endStep, isInReach } from './demo-filling.ts';
import type { DemoConnection } from './demo-plan.ts';

/** Users and their accounts, as far as the product offers the services; an account that fails is noted and keeps nobody else back. */
export async function connectEverybody(filling: DemoFilling, tenant: DemoTenantFilling): Promise<void> {
  const known = await connectionsIn(tenant);
  for (const { email, role, connections: planned } of tenant.plan.users) {
    const wanted = planned.filter((connection) => isInReach(filling, connection));
    if (planned.length > 0 && wanted.length === 0) continue;
    const userId = email === null ? tenant.ownerId : await ensureUser(filling, tenant, { email, role });
    if (userId === null) continue;
    for (const connection of wanted) {
      if (
        known.some(({ account_email }) => account_email === connection.account) ||
        filling.progress.has(endStep(tenant, connection.account))
      )
        continue;
      await connect(filling, tenant, { connection, userId }).catch((cause: unknown) => {
        filling.signal.throwIfAborted();
        filling.lost.set(connection.account, cause);
      });
    }
  }
}

/** Null for somebody who was here and was removed since. */
async function ensureUser(
  filling: DemoFilling,
  tenant: DemoTenantFilling,
  { email, role }: { email: string; role: string },
): Promise<string | null> {
  const known = tenant.users.find((user) => user.email === email);
  if (known !== undefined) return known.id;
  const step = `${tenant.ownerId} user ${email}`;
  if (filling.progress.has(step)) return null;
  const { name, timeZone } = filling.people.get(email) ?? { name: email, timeZone: null };
  const made = await tenant.api.send<DemoUserView>('POST', '/v1/users', { email, name, role, time_zone: timeZone });
  tenant.users.push(made);
  filling.progress.add(step);
  return made.id;
}

async function connect(
  { productUrl, signal, progress }: DemoFilling,
  tenant: DemoTenantFilling,
  { connection, userId }: { connection: DemoConnection; userId: string },
): Promise<void> {
  const { data } = await tenant.api.send<{ data: { authorize_url: string }[] }>('POST', '/v1/connections/authorize', {
    provider: connection.provider,
    access_profile: connection.accessProfile,
    user_id: userId,
    login_hint: connection.account,
  });
  const withoutScope = connection.end === 'lacks-a-scope' ? /\.freebusy$/ : null;
  const { connected } = await giveConsent(data[0]?.authorize_url ?? '', { productUrl, withoutScope, signal });
  if (!connected) progress.add(endStep(tenant, connection.account));
}
