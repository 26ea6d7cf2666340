import type { GoogleSandbox } from '../google/google-sandbox.ts';
import type { DemoCalendar, Weekday } from './demo-calendar.ts';
import { createDemoCalendar } from './demo-calendar.ts';
import { createPicker } from './demo-choice.ts';
import type { DemoPerson } from './demo-people.ts';
import { DEMO_PEOPLE, DEMO_TITLES } from './demo-people.ts';
import { addDemoSeries, addDemoSpecials } from './demo-series.ts';

export interface DemoSeed {
  readonly people: number;
  /** Events and series written by this call; 0 when the demo was there already. */
  readonly events: number;
}

const TEAM = 'c_productteam@group.calendar.google.com';
const COMPANY = 'c_companydays@group.calendar.google.com';
const FIELD = 'c_fieldvisits@group.calendar.google.com';
const GLOBEX_DAYS = 'c_globexdays@group.calendar.google.com';

/** Fills the sandbox with two believable organisations around today; a second call changes nothing. */
export function seedDemo(google: GoogleSandbox, options: { readonly nowMs: number }): DemoSeed {
  if (google.calendars().some(({ id }) => id === TEAM)) return { people: google.people().length, events: 0 };
  for (const { email, name, timeZone, aliases, hostedDomain } of DEMO_PEOPLE)
    google.addPerson({ email, name, timeZone, aliases, hostedDomain });
  google.addCalendar('ada@acme.example', {
    id: TEAM,
    summary: 'Product team',
    description: 'Releases, on-call weeks and days away',
    timeZone: 'Europe/Berlin',
  });
  google.addCalendar('leo@acme.example', { id: COMPANY, summary: 'Acme company days', timeZone: 'America/New_York' });
  google.addCalendar('sam@globex.example', { id: FIELD, summary: 'Field visits', timeZone: 'Australia/Sydney' });
  google.addCalendar('rosa@globex.example', { id: GLOBEX_DAYS, summary: 'Globex holidays', timeZone: 'America/Sao_Paulo' });
  for (const { email, organisation } of DEMO_PEOPLE) {
    if (organisation === 'acme' && email !== 'ada@acme.example')
      google.setAccess(TEAM, email, email.startsWith('jonas') || email.startsWith('mia') ? 'writer' : 'reader');
    if (organisation === 'acme' && email !== 'leo@acme.example') google.setAccess(COMPANY, email, 'reader');
    if (organisation === 'globex' && email !== 'sam@globex.example') google.setAccess(FIELD, email, 'writer');
    if (organisation === 'globex' && email !== 'rosa@globex.example') google.setAccess(GLOBEX_DAYS, email, 'reader');
  }
  google.setAccess('ada@acme.example', 'ada.lindqvist@mail.example', 'freeBusyReader');
  const demo = createDemoCalendar(google, { nowMs: options.nowMs, homeZone: 'Europe/Berlin' });
  addDemoSeries(demo);
  addDemoSpecials(demo, { team: TEAM, holidays: COMPANY, fieldVisits: FIELD });
  addSingleMeetings(demo);
  for (const [title, week] of [
    ['National day', 1],
    ['Stocktaking', 4],
  ] as const) {
    demo.allDay({
      as: 'rosa@globex.example',
      calendarId: GLOBEX_DAYS,
      title,
      from: demo.day(week, 'MO'),
      more: { transparency: 'transparent' },
    });
  }
  google.clearMails();
  return { people: DEMO_PEOPLE.length, events: demo.count };
}

const WORKDAYS: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR'];
const FIRST_WEEK = -3;
const LAST_WEEK = 5;

/** Single meetings over nine weeks; the choice is fixed, so that every demo looks the same. */
function addSingleMeetings(demo: DemoCalendar): void {
  const pick = createPicker(20_261_120);
  for (const person of DEMO_PEOPLE) {
    const colleagues = DEMO_PEOPLE.filter(({ organisation, email }) => organisation === person.organisation && email !== person.email);
    for (let week = FIRST_WEEK; week <= LAST_WEEK; week += 1) {
      for (let index = 0; index < person.meetingsPerWeek; index += 1)
        addSingleMeeting(demo, { person, colleagues, week, weekday: WORKDAYS[(index * 2 + pick(2)) % 5] ?? 'MO', pick });
    }
  }
}

function addSingleMeeting(
  demo: DemoCalendar,
  wish: { person: DemoPerson; colleagues: readonly DemoPerson[]; week: number; weekday: Weekday; pick: (below: number) => number },
): void {
  const { person, colleagues, pick } = wish;
  const titles = DEMO_TITLES[person.organisation];
  const [from, until] = person.hours;
  const hour = from + pick(until - from);
  const guest = pick(3) === 0 ? colleagues[pick(colleagues.length)] : undefined;
  demo.meet({
    as: person.email,
    title: titles[pick(titles.length)] ?? 'Meeting',
    day: demo.day(wish.week, wish.weekday),
    at: `${String(hour).padStart(2, '0')}:${pick(2) === 0 ? '00' : '30'}`,
    minutes: [30, 30, 45, 60][pick(4)] ?? 30,
    zone: person.timeZone,
    guests: guest === undefined || guest.email === 'ada@acme.example' ? [] : [guest.email],
    answers:
      guest === undefined ? {} : { [guest.email]: (['accepted', 'accepted', 'tentative', 'needsAction'] as const)[pick(4)] ?? 'accepted' },
    withMeet: pick(3) === 0,
  });
}
