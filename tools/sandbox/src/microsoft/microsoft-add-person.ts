import { nameOf } from '../person-name.ts';
import { addCalendar } from './microsoft-calendars.ts';
import { PERSONAL_DOMAINS, PERSONAL_TENANT_ID, findPerson, openTenant, tenantIdOf } from './microsoft-people.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { derivedGuid } from './microsoft-world.ts';
import { findZone } from './microsoft-zones.ts';

const WORKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

export interface NewMicrosoftPerson {
  readonly email: string;
  readonly name?: string;
  readonly aliases?: readonly string[];
  /** Windows or IANA name; default `UTC`. */
  readonly timeZone?: string;
  readonly locale?: string;
  /** Default: personal for the domains of Microsoft's own mail services. */
  readonly isPersonal?: boolean;
  /** May consent for everybody of the organization. */
  readonly isAdmin?: boolean;
  /** False: no Exchange Online mailbox. */
  readonly hasMailbox?: boolean;
  /** False: the directory knows no mail address, only the user principal name. */
  readonly hasMail?: boolean;
  readonly workingHours?: { readonly daysOfWeek?: readonly string[]; readonly startTime?: string; readonly endTime?: string };
}

/** Makes the person with tenant and default calendar; one who is there already stays as is. @throws RangeError */
export function addPerson(world: MicrosoftWorld, person: NewMicrosoftPerson): MicrosoftPerson {
  const email = person.email.trim().toLowerCase();
  if (!/^[^@\s"<>]+@[^@\s"<>]+\.[^@\s"<>]+$/.test(email)) throw new RangeError(`not an address: ${person.email}`);
  const existing = findPerson(world, email);
  if (existing !== null) return existing;
  const timeZone = person.timeZone ?? 'UTC';
  if (findZone(timeZone) === null) throw new RangeError(`unknown time zone ${timeZone}`);
  const name = person.name ?? nameOf(email);
  const [givenName = '', ...rest] = name.split(' ');
  const isPersonal = person.isPersonal ?? PERSONAL_DOMAINS.test(email);
  const tenant = openTenant(world, isPersonal ? PERSONAL_TENANT_ID : tenantIdOf(email.slice(email.indexOf('@') + 1)));
  const made: MicrosoftPerson = {
    email,
    aliases: (person.aliases ?? []).map((alias) => alias.toLowerCase()),
    oid: isPersonal ? `00000000-0000-0000-${derivedGuid(email).slice(0, 4)}-${derivedGuid(email).slice(24)}` : derivedGuid('user', email),
    tenantId: tenant.id,
    mail: person.hasMail === false ? null : email,
    name,
    givenName,
    surname: rest.join(' '),
    locale: person.locale ?? 'en-US',
    timeZone,
    workingHours: {
      daysOfWeek: [...(person.workingHours?.daysOfWeek ?? WORKDAYS)],
      startTime: person.workingHours?.startTime ?? '08:00:00.0000000',
      endTime: person.workingHours?.endTime ?? '17:00:00.0000000',
    },
    isPersonal,
    isAdmin: person.isAdmin ?? false,
    isDisabled: false,
    hasMailbox: person.hasMailbox ?? true,
    blockedBy: null,
  };
  world.state.people.set(email, made);
  addCalendar(world, made, { name: 'Calendar', isDefault: true });
  return made;
}
