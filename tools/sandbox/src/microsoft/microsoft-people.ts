import { itemNotFound } from './microsoft-error.ts';
import type { MicrosoftPerson, MicrosoftTenant } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { derivedGuid } from './microsoft-world.ts';

/** The tenant of all personal accounts. */
export const PERSONAL_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad';
export const PERSONAL_DOMAINS = /@(outlook|hotmail|live|msn)\./;

/** By address, alias or object id. */
export function findPerson(world: MicrosoftWorld, who: string): MicrosoftPerson | null {
  const wanted = who.trim().toLowerCase();
  const direct = world.state.people.get(wanted);
  if (direct !== undefined) return direct;
  for (const person of world.state.people.values()) if (person.aliases.includes(wanted) || person.oid === wanted) return person;
  return null;
}

export function getPerson(world: MicrosoftWorld, who: string): MicrosoftPerson {
  const person = findPerson(world, who);
  if (person === null) throw itemNotFound();
  return person;
}

export function isAddressOf(person: MicrosoftPerson, address: string): boolean {
  const wanted = address.toLowerCase();
  return person.email === wanted || person.aliases.includes(wanted);
}

/** The `id` of the user in Graph. Personal accounts have a short form of the object id there; how it is made is not confirmed. */
export function graphUserId(person: MicrosoftPerson): string {
  return person.isPersonal ? person.oid.replaceAll('-', '').slice(16) : person.oid;
}

export function tenantIdOf(domain: string): string {
  return PERSONAL_DOMAINS.test(`@${domain}`) ? PERSONAL_TENANT_ID : derivedGuid('tenant', domain.toLowerCase());
}

export function openTenant(world: MicrosoftWorld, id: string): MicrosoftTenant {
  const known = world.state.tenants.get(id);
  if (known !== undefined) return known;
  const made: MicrosoftTenant = { id, requiresAdminConsent: false, adminGrants: new Map() };
  world.state.tenants.set(id, made);
  world.touch();
  return made;
}
