import type { DemoCalendar } from './demo-calendar.ts';
import { DEMO_PEOPLE } from './demo-people.ts';

const BERLIN = 'Europe/Berlin';
const ADA = 'ada@acme.example';
const LEO = 'leo@acme.example';
const MIA = 'mia@acme.example';
const JONAS = 'jonas@acme.example';
const PRIYA = 'priya@acme.example';
const KENJI = 'kenji@acme.example';
const NINA = 'nina@acme.example';
const SAM = 'sam@globex.example';
const ROSA = 'rosa@globex.example';
const OMAR = 'omar@globex.example';
const ELENA = 'elena@globex.example';
const ADA_HOME = 'ada.lindqvist@mail.example';
const MIA_HOME = 'mia.okafor@mail.example';

/** Weeks that the series begin before today. */
const PAST_WEEKS = -8;

/** What comes back: stand-ups, one-to-ones with moved and cancelled instances, reviews, all-hands. */
export function addDemoSeries(demo: DemoCalendar): void {
  const { day } = demo;
  const standUp = { as: ADA, at: '09:30', zone: BERLIN };
  const standUpId = demo.meet({
    ...standUp,
    title: 'Daily stand-up',
    day: day(PAST_WEEKS, 'MO'),
    minutes: 15,
    rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    guests: [JONAS, MIA, PRIYA],
    withMeet: true,
  });
  demo.change({ ...standUp, eventId: standUpId, day: day(1, 'WE') }, { day: day(1, 'WE'), at: '10:00', minutes: 15 });
  demo.change({ ...standUp, eventId: standUpId, day: day(1, 'FR') }, null);

  const oneToOne = { as: LEO, at: '10:00', zone: 'America/New_York' };
  const oneToOneId = demo.meet({
    ...oneToOne,
    title: 'Leo / Ada',
    day: day(PAST_WEEKS, 'TU'),
    minutes: 30,
    rule: 'FREQ=WEEKLY;BYDAY=TU',
    guests: [ADA],
    withMeet: true,
    more: { description: 'Notes are in the shared document.' },
  });
  demo.change({ ...oneToOne, eventId: oneToOneId, day: day(1, 'TU') }, { day: day(1, 'TH'), at: '11:00', minutes: 30 });
  demo.change({ ...oneToOne, eventId: oneToOneId, day: day(2, 'TU') }, null);

  demo.meet({
    as: MIA,
    title: 'Mia / Ada',
    day: day(PAST_WEEKS, 'TH'),
    at: '13:00',
    minutes: 30,
    zone: 'Europe/London',
    rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH',
    guests: [ADA],
    withMeet: true,
  });
  demo.meet({
    as: ADA,
    title: 'Sprint planning',
    day: day(PAST_WEEKS, 'MO'),
    at: '10:30',
    minutes: 60,
    zone: BERLIN,
    rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
    guests: [JONAS, MIA, PRIYA, KENJI],
    answers: { [KENJI]: 'tentative' },
    withMeet: true,
  });
  demo.meet({
    as: JONAS,
    title: 'Retrospective',
    day: day(PAST_WEEKS + 1, 'FR'),
    at: '15:00',
    minutes: 45,
    zone: BERLIN,
    rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR',
    guests: [ADA, MIA, PRIYA],
    withMeet: true,
  });
  demo.meet({
    as: MIA,
    title: 'Design review',
    day: day(PAST_WEEKS, 'WE'),
    at: '14:00',
    minutes: 45,
    zone: 'Europe/London',
    rule: 'FREQ=WEEKLY;BYDAY=WE',
    guests: [ADA, JONAS, NINA],
    answers: { [ADA]: 'tentative', [NINA]: 'needsAction' },
  });
  demo.meet({
    as: LEO,
    title: 'Company all-hands',
    day: day(PAST_WEEKS, 'WE'),
    at: '11:00',
    minutes: 60,
    zone: 'America/New_York',
    rule: 'FREQ=MONTHLY;BYDAY=1WE',
    guests: [ADA, MIA, JONAS, PRIYA, KENJI, NINA],
    answers: { [KENJI]: 'declined' },
    withMeet: true,
  });
  demo.meet({
    as: KENJI,
    title: 'Platform sync',
    day: day(PAST_WEEKS, 'TH'),
    at: '15:00',
    minutes: 30,
    zone: 'Asia/Tokyo',
    rule: 'FREQ=WEEKLY;BYDAY=TH',
    guests: [PRIYA, JONAS],
  });
  demo.meet({
    as: NINA,
    title: 'West coast customers',
    day: day(PAST_WEEKS, 'MO'),
    at: '09:00',
    minutes: 30,
    zone: 'America/Los_Angeles',
    rule: 'FREQ=WEEKLY;BYDAY=MO,TH',
    guests: [LEO],
  });
  demo.meet({
    as: SAM,
    title: 'Pipeline meeting',
    day: day(PAST_WEEKS, 'MO'),
    at: '09:00',
    minutes: 60,
    zone: 'Australia/Sydney',
    rule: 'FREQ=WEEKLY;BYDAY=MO',
    guests: [OMAR, ELENA],
  });
  demo.meet({
    as: ROSA,
    title: 'Latin America weekly',
    day: day(PAST_WEEKS, 'TU'),
    at: '10:00',
    minutes: 45,
    zone: 'America/Sao_Paulo',
    rule: 'FREQ=WEEKLY;BYDAY=TU',
    guests: [ELENA],
    withMeet: true,
  });
  demo.meet({
    as: ELENA,
    title: 'Acme and Globex steering',
    day: day(PAST_WEEKS, 'TU'),
    at: '12:00',
    minutes: 60,
    zone: 'Europe/Sofia',
    rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
    guests: [SAM, ADA, LEO],
    answers: { [SAM]: 'tentative' },
    withMeet: true,
  });
  demo.meet({
    as: ADA_HOME,
    title: 'Yoga',
    day: day(PAST_WEEKS, 'MO'),
    at: '18:30',
    minutes: 75,
    zone: BERLIN,
    rule: 'FREQ=WEEKLY;BYDAY=MO',
    more: { location: 'Studio Linde' },
  });
  demo.meet({
    as: MIA_HOME,
    title: 'Choir practice',
    day: day(PAST_WEEKS, 'TH'),
    at: '19:00',
    minutes: 120,
    zone: 'Europe/London',
    rule: 'FREQ=WEEKLY;BYDAY=TH',
  });
}

/** What is on a calendar besides meetings: places of work, focus, absence, holidays, birthdays, private things. */
export function addDemoSpecials(
  demo: DemoCalendar,
  calendars: { readonly team: string; readonly holidays: string; readonly fieldVisits: string },
): void {
  const { day } = demo;
  const at = (type: string, label?: string): Record<string, unknown> => ({
    eventType: 'workingLocation',
    visibility: 'public',
    transparency: 'transparent',
    workingLocationProperties: label === undefined ? { type, homeOffice: {} } : { type, officeLocation: { label } },
  });
  demo.allDay({ as: ADA, title: 'Home', from: day(PAST_WEEKS, 'MO'), rule: 'FREQ=WEEKLY;BYDAY=MO,FR', more: at('homeOffice') });
  demo.allDay({
    as: ADA,
    title: 'Office',
    from: day(PAST_WEEKS, 'TU'),
    rule: 'FREQ=WEEKLY;BYDAY=TU,WE,TH',
    more: at('officeLocation', 'Berlin, 2nd floor'),
  });
  demo.allDay({ as: JONAS, title: 'Home', from: day(PAST_WEEKS, 'WE'), rule: 'FREQ=WEEKLY;BYDAY=WE', more: at('homeOffice') });
  const focus = { eventType: 'focusTime', focusTimeProperties: { autoDeclineMode: 'declineNone', chatStatus: 'doNotDisturb' } };
  demo.meet({
    as: ADA,
    title: 'Focus time',
    day: day(PAST_WEEKS, 'TH'),
    at: '10:00',
    minutes: 90,
    zone: BERLIN,
    rule: 'FREQ=WEEKLY;BYDAY=TH',
    more: focus,
  });
  demo.meet({
    as: PRIYA,
    title: 'Focus time',
    day: day(PAST_WEEKS, 'FR'),
    at: '14:00',
    minutes: 120,
    zone: 'Asia/Kolkata',
    rule: 'FREQ=WEEKLY;BYDAY=FR',
    more: focus,
  });
  const away = {
    eventType: 'outOfOffice',
    outOfOfficeProperties: { autoDeclineMode: 'declineOnlyNewConflictingInvitations', declineMessage: 'I am away.' },
  };
  demo.meet({
    as: MIA,
    title: 'Out of office',
    day: day(1, 'TH'),
    at: '08:00',
    minutes: 2 * 1440 - 14 * 60,
    zone: 'Europe/London',
    more: away,
  });
  demo.meet({ as: LEO, title: 'Vacation', day: day(3, 'MO'), at: '00:00', minutes: 5 * 1440, zone: 'America/New_York', more: away });
  demo.meet({ as: OMAR, title: 'Out of office', day: day(0, 'FR'), at: '08:00', minutes: 480, zone: 'Asia/Dubai', more: away });
  demo.allDay({
    as: ADA,
    title: 'Happy birthday!',
    from: day(2, 'SA'),
    rule: 'FREQ=YEARLY',
    more: { eventType: 'birthday', visibility: 'private', transparency: 'transparent' },
  });
  demo.meet({ as: ADA, title: 'Doctor', day: day(0, 'TH'), at: '08:00', minutes: 45, zone: BERLIN, more: { visibility: 'private' } });
  demo.meet({
    as: MIA,
    title: 'Salary talk',
    day: day(1, 'TU'),
    at: '16:00',
    minutes: 30,
    zone: 'Europe/London',
    more: { visibility: 'private' },
  });
  demo.meet({
    as: ADA,
    title: 'Lunch with the founders (to be confirmed)',
    day: day(1, 'TH'),
    at: '12:30',
    minutes: 60,
    zone: BERLIN,
    more: { status: 'tentative', location: 'Café am Neuen See' },
  });
  demo.meet({
    as: JONAS,
    title: 'Vendor demo: ticketing',
    day: day(1, 'MO'),
    at: '14:00',
    minutes: 60,
    zone: BERLIN,
    guests: [ADA, MIA],
    answers: { [ADA]: 'declined' },
  });
  demo.meet({
    as: ADA,
    title: 'Conference livestream',
    day: day(1, 'WE'),
    at: '16:00',
    minutes: 120,
    zone: BERLIN,
    more: { transparency: 'transparent' },
  });
  demo.meet({
    as: ADA,
    title: 'Flight to London',
    day: day(2, 'WE'),
    at: '18:20',
    minutes: 110,
    zone: BERLIN,
    more: { location: 'BER', reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 180 }] } },
  });
  demo.meet({ as: ADA_HOME, title: 'Dentist', day: day(1, 'MO'), at: '15:00', minutes: 45, zone: BERLIN });
  demo.meet({ as: ADA_HOME, title: 'Parents visit', day: day(2, 'SA'), at: '11:00', minutes: 360, zone: BERLIN });
  demo.allDay({ as: MIA_HOME, title: 'Cornwall', from: day(4, 'FR'), days: 4 });

  demo.allDay({ as: ADA, calendarId: calendars.team, title: 'Team offsite in Hamburg', from: day(3, 'TU'), days: 3 });
  demo.allDay({ as: ADA, calendarId: calendars.team, title: 'Release 4.2', from: day(1, 'TH'), more: { transparency: 'transparent' } });
  demo.allDay({
    as: ADA,
    calendarId: calendars.team,
    title: 'Code freeze',
    from: day(1, 'MO'),
    days: 3,
    more: { transparency: 'transparent' },
  });
  for (const [index, email] of [ADA, JONAS, MIA, PRIYA, KENJI].entries()) {
    const name = DEMO_PEOPLE.find((person) => person.email === email)?.name ?? email;
    demo.allDay({
      as: ADA,
      calendarId: calendars.team,
      title: `On call: ${name}`,
      from: day(index - 1, 'MO'),
      days: 7,
      more: { transparency: 'transparent' },
    });
  }
  for (const [title, week] of [
    ['Company day', -3],
    ['Public holiday', 2],
    ['Bridge day', 5],
  ] as const) {
    demo.allDay({
      as: LEO,
      calendarId: calendars.holidays,
      title,
      from: day(week, 'FR'),
      more: { transparency: 'transparent', visibility: 'public' },
    });
  }
  for (const [title, week] of [
    ['Visit: Perth depot', -1],
    ['Visit: Melbourne', 1],
    ['Visit: Auckland', 3],
  ] as const) {
    demo.allDay({ as: SAM, calendarId: calendars.fieldVisits, title, from: day(week, 'WE'), days: 2 });
  }
}
