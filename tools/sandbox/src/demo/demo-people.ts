import type { NewGooglePerson } from '../google/google-accounts.ts';

export interface DemoPerson extends NewGooglePerson {
  readonly name: string;
  readonly timeZone: string;
  readonly organisation: 'acme' | 'globex' | 'personal';
  /** Local hours between which single meetings are put. */
  readonly hours: readonly [number, number];
  /** Single meetings a week. */
  readonly meetingsPerWeek: number;
}

const person = (
  organisation: DemoPerson['organisation'],
  email: string,
  rest: Pick<DemoPerson, 'name' | 'timeZone'> & Partial<Pick<DemoPerson, 'hours' | 'meetingsPerWeek' | 'aliases' | 'hostedDomain'>>,
): DemoPerson => ({ organisation, email, hours: [9, 17], meetingsPerWeek: 4, ...rest });

/** Two companies on several continents, and two of their people's own accounts. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('acme', 'ada@acme.example', {
    name: 'Ada Lindqvist',
    timeZone: 'Europe/Berlin',
    hours: [13, 16],
    meetingsPerWeek: 3,
    aliases: ['ada.lindqvist@acme.example'],
  }),
  person('acme', 'leo@acme.example', { name: 'Leo Martens', timeZone: 'America/New_York' }),
  person('acme', 'mia@acme.example', { name: 'Mia Okafor', timeZone: 'Europe/London' }),
  person('acme', 'jonas@acme.example', { name: 'Jonas Weber', timeZone: 'Europe/Berlin' }),
  person('acme', 'priya@acme.example', { name: 'Priya Raman', timeZone: 'Asia/Kolkata', hours: [10, 18] }),
  person('acme', 'kenji@acme.example', { name: 'Kenji Mori', timeZone: 'Asia/Tokyo' }),
  person('acme', 'nina@acme.example', { name: 'Nina Castillo', timeZone: 'America/Los_Angeles' }),
  person('globex', 'sam@globex.example', { name: 'Sam Whitlock', timeZone: 'Australia/Sydney' }),
  person('globex', 'rosa@globex.example', { name: 'Rosa Almeida', timeZone: 'America/Sao_Paulo' }),
  person('globex', 'omar@globex.example', { name: 'Omar Haddad', timeZone: 'Asia/Dubai', hours: [8, 16] }),
  person('globex', 'elena@globex.example', { name: 'Elena Petrova', timeZone: 'Europe/Sofia' }),
  person('personal', 'ada.lindqvist@mail.example', {
    name: 'Ada Lindqvist',
    timeZone: 'Europe/Berlin',
    hostedDomain: null,
    meetingsPerWeek: 0,
  }),
  person('personal', 'mia.okafor@mail.example', { name: 'Mia Okafor', timeZone: 'Europe/London', hostedDomain: null, meetingsPerWeek: 0 }),
];

export const DEMO_TITLES: Readonly<Record<DemoPerson['organisation'], readonly string[]>> = {
  acme: [
    'Pricing page review',
    'Candidate interview: frontend',
    'Quarterly goals check-in',
    'Support hand-over',
    'Onboarding session',
    'Architecture discussion: import pipeline',
    'Customer call: Northwind',
    'Budget review',
    'Accessibility walkthrough',
    'Incident review',
    'Copy review for the launch mail',
    'Demo rehearsal',
    'Roadmap workshop',
    'Data protection questions',
  ],
  globex: [
    'Site visit preparation',
    'Supplier call',
    'Regional sales review',
    'Contract draft walk-through',
    'Warehouse figures',
    'Training: new order desk',
    'Candidate interview: logistics',
    'Freight rates update',
    'Press call',
    'Quarter close',
  ],
  personal: [],
};
