import type { MicrosoftSandbox } from '../microsoft/microsoft-sandbox.ts';
import type { Weekday } from './demo-calendar.ts';
import { createPicker } from './demo-choice.ts';
import type { MicrosoftDemoCalendar } from './microsoft-demo-calendar.ts';
import { createMicrosoftDemoCalendar } from './microsoft-demo-calendar.ts';
import { DEMO_ROOM, DEMO_STRICT_DOMAIN, MICROSOFT_DEMO_PEOPLE, MICROSOFT_DEMO_TITLES } from './microsoft-demo-people.ts';
import type { DemoSeed } from './seed-demo.ts';

const LENA = 'lena@acme-studio.example';
const TARIQ = 'tariq@acme-studio.example';
const ADA = 'ada@acme-studio.example';
const GRETA = 'greta@globex-freight.example';
const VIKTOR = 'viktor@globex-freight.example';
const MIA = 'mia.okafor@outlook.example';
const BERLIN = 'W. Europe Standard Time';
const LONDON = 'GMT Standard Time';
const HELSINKI = 'FLE Standard Time';

/** Weeks that the series begin before today, and over which single meetings are spread. */
const PAST_WEEKS = -8;
const FIRST_WEEK = -3;
const LAST_WEEK = 5;
const WORKDAYS: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR'];

/** Microsoft's part of the demo, around today; a second call changes nothing. */
export function seedMicrosoftDemo(microsoft: MicrosoftSandbox, options: { readonly nowMs: number }): DemoSeed {
  if (microsoft.people().some(({ email }) => email === DEMO_ROOM)) return { people: microsoft.people().length, events: 0 };
  for (const { organisation: _organisation, hours: _hours, meetingsPerWeek: _meetings, ...person } of MICROSOFT_DEMO_PEOPLE)
    microsoft.addPerson(person);
  microsoft.setTenant(DEMO_STRICT_DOMAIN, { requiresAdminConsent: true });
  const productions = microsoft.addCalendar(LENA, { name: 'Productions', color: 'lightGreen' }).id;
  for (const email of [TARIQ, ADA]) microsoft.setAccess(productions, email, email === TARIQ ? 'write' : 'read');
  const demo = createMicrosoftDemoCalendar(microsoft, { nowMs: options.nowMs, homeZone: 'Europe/Berlin' });
  addStudio(demo, productions);
  addFreight(demo);
  addOwnTime(demo);
  addSingleMeetings(demo);
  microsoft.clearMails();
  return { people: MICROSOFT_DEMO_PEOPLE.length, events: demo.count };
}

/** Series with moved and deleted occurrences, a room, Teams, answers of each kind, and a meeting that was called off. */
function addStudio(demo: MicrosoftDemoCalendar, productions: string): void {
  const { day } = demo;
  const dailies = { as: LENA, at: '09:15', zone: BERLIN };
  const dailiesId = demo.meet({
    ...dailies,
    title: 'Dailies',
    day: day(PAST_WEEKS, 'MO'),
    minutes: 20,
    weekly: { days: WORKDAYS },
    guests: [TARIQ, ADA],
    answers: { [ADA]: 'tentativelyAccepted' },
    withTeams: true,
  });
  demo.change({ ...dailies, eventId: dailiesId, day: day(1, 'TU') }, { day: day(1, 'TU'), at: '11:00', minutes: 20 });
  demo.change({ ...dailies, eventId: dailiesId, day: day(1, 'TH') }, null);

  const review = { as: TARIQ, at: '14:00', zone: LONDON };
  const reviewId = demo.meet({
    ...review,
    title: 'Cut review',
    day: day(PAST_WEEKS, 'WE'),
    minutes: 60,
    weekly: { days: ['WE'], interval: 2 },
    guests: [LENA],
    room: DEMO_ROOM,
  });
  demo.change({ ...review, eventId: reviewId, day: day(2, 'WE') }, { day: day(2, 'TH'), at: '15:30', minutes: 60 });

  demo.meet({
    as: LENA,
    title: 'Budget round',
    day: day(0, 'FR'),
    at: '13:00',
    minutes: 60,
    zone: BERLIN,
    guests: [TARIQ, ADA],
    answers: { [TARIQ]: 'declined', [ADA]: null },
    room: DEMO_ROOM,
    withTeams: true,
  });
  const calledOff = { as: TARIQ, title: 'Trailer kick-off', day: day(1, 'WE'), at: '10:00', minutes: 45, zone: LONDON };
  demo.cancel(TARIQ, demo.meet({ ...calledOff, guests: [LENA, ADA] }));
  demo.meet({
    as: LENA,
    title: 'Physiotherapy',
    day: day(1, 'MO'),
    at: '17:00',
    minutes: 45,
    zone: BERLIN,
    more: { sensitivity: 'private' },
  });
  demo.meet({
    as: ADA,
    title: 'Hold: studio visit',
    day: day(1, 'FR'),
    at: '10:00',
    minutes: 120,
    zone: BERLIN,
    more: { showAs: 'tentative' },
  });
  demo.allDay({
    as: LENA,
    title: 'Works from Leipzig',
    from: day(PAST_WEEKS, 'FR'),
    weekly: { days: ['FR'] },
    more: { showAs: 'workingElsewhere' },
  });
  demo.allDay({ as: TARIQ, title: 'Annual leave', from: day(3, 'MO'), days: 5, more: { showAs: 'oof' } });
  for (const [title, week, days] of [
    ['Shooting: Northwind spot', 1, 3],
    ['Delivery: harbour film', 2, 1],
    ['Festival', 4, 4],
  ] as const) {
    demo.allDay({ as: LENA, calendarId: productions, title, from: day(week, 'TU'), days, more: { showAs: 'free' } });
  }
}

function addFreight(demo: MicrosoftDemoCalendar): void {
  const { day } = demo;
  demo.meet({
    as: GRETA,
    title: 'Harbour briefing',
    day: day(PAST_WEEKS, 'MO'),
    at: '08:30',
    minutes: 30,
    zone: HELSINKI,
    weekly: { days: ['MO', 'TH'] },
    guests: [VIKTOR],
    withTeams: true,
  });
  demo.meet({
    as: VIKTOR,
    title: 'Loading plan',
    day: day(PAST_WEEKS, 'TU'),
    at: '13:00',
    minutes: 45,
    zone: HELSINKI,
    weekly: { days: ['TU'] },
    guests: [GRETA],
    answers: { [GRETA]: 'tentativelyAccepted' },
  });
  demo.allDay({ as: GRETA, title: 'Dry dock', from: day(2, 'WE'), days: 2 });
}

function addOwnTime(demo: MicrosoftDemoCalendar): void {
  const { day } = demo;
  demo.meet({ as: MIA, title: 'Allotment', day: day(PAST_WEEKS, 'SU'), at: '10:00', minutes: 180, zone: LONDON, weekly: { days: ['SU'] } });
  demo.meet({ as: MIA, title: 'Optician', day: day(1, 'TU'), at: '12:30', minutes: 30, zone: LONDON, more: { sensitivity: 'private' } });
}

/** The choice is fixed, so that every demo looks the same. */
function addSingleMeetings(demo: MicrosoftDemoCalendar): void {
  const pick = createPicker(20_261_121);
  for (const { email, organisation, timeZone, hours, meetingsPerWeek } of MICROSOFT_DEMO_PEOPLE) {
    const [from, until] = hours;
    const titles = MICROSOFT_DEMO_TITLES[organisation];
    for (let week = FIRST_WEEK; week <= LAST_WEEK; week += 1) {
      for (let index = 0; index < meetingsPerWeek; index += 1) {
        demo.meet({
          as: email,
          title: titles[pick(titles.length)] ?? 'Meeting',
          day: demo.day(week, WORKDAYS[(index * 2 + pick(2)) % 5] ?? 'MO'),
          at: `${String(from + pick(until - from)).padStart(2, '0')}:${pick(2) === 0 ? '00' : '30'}`,
          minutes: [30, 45, 60][pick(3)] ?? 30,
          zone: timeZone,
          withTeams: pick(3) === 0,
        });
      }
    }
  }
}
