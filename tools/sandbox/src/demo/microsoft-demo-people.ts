import type { NewMicrosoftPerson } from '../microsoft/microsoft-add-person.ts';

export interface MicrosoftDemoPerson extends NewMicrosoftPerson {
  readonly name: string;
  /** Windows name. */
  readonly timeZone: string;
  readonly organisation: 'studio' | 'freight' | 'personal';
  /** Local hours between which single meetings are put. */
  readonly hours: readonly [number, number];
  /** Single meetings a week. */
  readonly meetingsPerWeek: number;
}

const person = (
  organisation: MicrosoftDemoPerson['organisation'],
  email: string,
  rest: Pick<MicrosoftDemoPerson, 'name' | 'timeZone'> &
    Partial<Pick<MicrosoftDemoPerson, 'hours' | 'meetingsPerWeek' | 'isAdmin' | 'isPersonal' | 'locale'>>,
): MicrosoftDemoPerson => ({ organisation, email, hours: [9, 17], meetingsPerWeek: 3, ...rest });

/** Where only an administrator may say yes to applications. */
export const DEMO_STRICT_DOMAIN = 'globex-freight.example';
/** A room: its mailbox takes what is free and has nobody behind it. */
export const DEMO_ROOM = 'atrium@acme-studio.example';

/**
 * A studio that Acme took over and a freight company of Globex, both with Microsoft. Ada and Mia are at home at Google, too: Ada in the
 * studio, Mia with an account of her own, which has no Teams.
 */
export const MICROSOFT_DEMO_PEOPLE: readonly MicrosoftDemoPerson[] = [
  person('studio', 'lena@acme-studio.example', {
    name: 'Lena Hofmann',
    timeZone: 'W. Europe Standard Time',
    isAdmin: true,
    locale: 'de-DE',
  }),
  person('studio', 'tariq@acme-studio.example', { name: 'Tariq Mansour', timeZone: 'GMT Standard Time', locale: 'en-GB' }),
  person('studio', 'ada@acme-studio.example', { name: 'Ada Lindqvist', timeZone: 'W. Europe Standard Time', meetingsPerWeek: 1 }),
  person('studio', DEMO_ROOM, { name: 'Atrium (8 seats)', timeZone: 'W. Europe Standard Time', meetingsPerWeek: 0 }),
  person('freight', 'greta@globex-freight.example', { name: 'Greta Nyström', timeZone: 'FLE Standard Time', isAdmin: true }),
  person('freight', 'viktor@globex-freight.example', { name: 'Viktor Dahl', timeZone: 'FLE Standard Time', hours: [8, 15] }),
  person('personal', 'mia.okafor@outlook.example', {
    name: 'Mia Okafor',
    timeZone: 'GMT Standard Time',
    isPersonal: true,
    meetingsPerWeek: 0,
    locale: 'en-GB',
  }),
];

export const MICROSOFT_DEMO_TITLES: Readonly<Record<MicrosoftDemoPerson['organisation'], readonly string[]>> = {
  studio: [
    'Storyboard review',
    'Colour grading',
    'Casting call',
    'Sound check',
    'Client feedback: Northwind',
    'Location scouting',
    'Contract: voice artist',
    'Edit lock',
  ],
  freight: [
    'Customs paperwork',
    'Fleet maintenance',
    'Route planning',
    'Driver interview',
    'Port authority call',
    'Fuel prices',
    'Insurance review',
  ],
  personal: [],
};
