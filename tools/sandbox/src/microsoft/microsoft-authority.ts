import { AadstsError } from './microsoft-aadsts.ts';
import { PERSONAL_TENANT_ID, tenantIdOf } from './microsoft-people.ts';
import type { MicrosoftClient, MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** Whom a tenant segment of a URL lets in: everybody, organizations, personal accounts, or one tenant. */
export type Authority = { readonly kind: 'common' | 'organizations' } | { readonly kind: 'tenant'; readonly tenantId: string };

/** @throws AadstsError 90002 for a tenant that nobody has */
export function readAuthority(world: MicrosoftWorld, segment: string): Authority {
  const name = segment.toLowerCase();
  if (name === 'common' || name === 'organizations') return { kind: name };
  if (name === 'consumers') return { kind: 'tenant', tenantId: PERSONAL_TENANT_ID };
  const tenantId = name.includes('.') ? tenantIdOf(name) : name;
  if (tenantId !== PERSONAL_TENANT_ID && !world.state.tenants.has(tenantId))
    throw new AadstsError(90002, { detail: `Tenant '${segment}'.` });
  return { kind: 'tenant', tenantId };
}

/** @throws AadstsError 50194 for an application of one tenant at a shared endpoint */
export function checkAudience(client: MicrosoftClient, authority: Authority): void {
  const isOfOneTenant = !['all', 'organizations', 'consumers'].includes(client.audience);
  if (isOfOneTenant && authority.kind !== 'tenant') throw new AadstsError(50194, { detail: `Application: ${client.id}.` });
}

/** @throws AadstsError 50020 for a person whom the endpoint or the application does not take */
export function checkMembership(person: MicrosoftPerson, { authority, client }: { authority: Authority; client: MicrosoftClient }): void {
  const isLetIn = authority.kind === 'tenant' ? authority.tenantId === person.tenantId : authority.kind === 'common' || !person.isPersonal;
  const isTaken =
    client.audience === 'all' ||
    (client.audience === 'organizations'
      ? !person.isPersonal
      : client.audience === 'consumers'
        ? person.isPersonal
        : client.audience === person.tenantId);
  if (!isLetIn || !isTaken) throw new AadstsError(50020, { detail: `Account: ${person.email}.` });
}

/** The segment that stands for the authority in the issuer: a template where any tenant may sign in. */
export function issuerSegment(authority: Authority): string {
  return authority.kind === 'tenant' ? authority.tenantId : '{tenantid}';
}
