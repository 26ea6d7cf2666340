import { z } from 'zod';
import { addCalendar, calendarsOf, deleteCalendar, viewCalendar } from './microsoft-calendars.ts';
import { GraphError, badRequest, invalidProperty } from './microsoft-error.ts';
import { answerFindTimes } from './microsoft-find-times.ts';
import type { GraphCall, GraphOperation } from './microsoft-graph-call.ts';
import { entity, openCallCalendar } from './microsoft-graph-call.ts';
import { changeSettings, sendMail, supportedZones, translateIds, viewSettings, viewUser } from './microsoft-mailbox.ts';
import { pageOf } from './microsoft-paging.ts';
import { findPerson } from './microsoft-people.ts';
import { answerSchedule } from './microsoft-schedule.ts';
import type { MicrosoftCalendar } from './microsoft-state.ts';
import { nextChangeKey } from './microsoft-world.ts';

const COLORS = [
  'auto',
  'lightBlue',
  'lightGreen',
  'lightOrange',
  'lightGray',
  'lightYellow',
  'lightTeal',
  'lightPink',
  'lightBrown',
  'lightRed',
  'maxColor',
] as const;
const calendarBody = z.object({ name: z.string().min(1).optional(), color: z.enum(COLORS).optional(), hexColor: z.string().optional() });

/** People, calendars and what belongs to the mailbox as a whole. */
export const CALENDAR_OPERATIONS: readonly GraphOperation[] = [
  {
    name: 'user.get',
    method: 'GET',
    below: 'mailbox',
    path: '',
    scopes: 'user',
    needsMailbox: false,
    handle: (call) => entity(call, selectOf(call, viewUser(call.mailbox)), { context: 'users/$entity' }),
  },
  {
    name: 'calendars.list',
    method: 'GET',
    below: 'mailbox',
    path: 'calendars',
    scopes: 'read',
    handle: (call) => {
      const page = pageOf(calendarsOf(call.world, call.mailbox), call);
      const value = page.value.map((calendar) => selectOf(call, viewCalendar(call.world, calendar, call.person)));
      return entity(call, { ...page, value }, { context: 'users/calendars' });
    },
  },
  {
    name: 'calendars.create',
    method: 'POST',
    below: 'mailbox',
    path: 'calendars',
    scopes: 'write',
    handle: (call) => {
      const { name, color, hexColor } = readCalendar(call.body);
      if (name === undefined) throw badRequest('ErrorInvalidRequest', 'A calendar needs a name.');
      const isTaken = calendarsOf(call.world, call.mailbox).some(
        (calendar) => calendar.ownerEmail === call.mailbox.email && calendar.name === name,
      );
      // Not confirmed.
      if (isTaken) throw new GraphError(409, 'ErrorFolderExists', 'A folder with the specified name already exists.');
      const made = addCalendar(call.world, call.mailbox, { name, color, hexColor });
      return entity(call, viewCalendar(call.world, made, call.person), { context: 'users/calendars/$entity', status: 201 });
    },
  },
  {
    name: 'calendars.get',
    method: 'GET',
    below: 'calendar',
    path: '',
    scopes: 'read',
    handle: (call) => answerCalendar(call, openCallCalendar(call, 'read').calendar),
  },
  {
    name: 'calendars.update',
    method: 'PATCH',
    below: 'calendar',
    path: '',
    scopes: 'write',
    handle: (call) => {
      const { calendar } = openCallCalendar(call, 'write');
      const change = readCalendar(call.body);
      Object.assign(calendar, Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)));
      calendar.changeKey = nextChangeKey(call.world);
      call.world.touch();
      return { ...answerCalendar(call, calendar), applied: true };
    },
  },
  {
    name: 'calendars.delete',
    method: 'DELETE',
    below: 'calendar',
    path: '',
    scopes: 'write',
    handle: (call) => {
      const { calendar } = openCallCalendar(call, 'owner');
      if (calendar.isDefault) throw badRequest('ErrorDeleteDistinguishedFolder', 'The default calendar cannot be deleted.');
      deleteCalendar(call.world, calendar);
      return { status: 204, applied: true };
    },
  },
  {
    name: 'calendarPermissions.list',
    method: 'GET',
    below: 'calendar',
    path: 'calendarPermissions',
    scopes: 'read',
    handle: (call) => {
      const { calendar } = openCallCalendar(call, 'owner');
      const value = [...calendar.access].map(([address, role]) => {
        const person = findPerson(call.world, address);
        return {
          id: Buffer.from(address).toString('base64'),
          emailAddress: { name: person?.name ?? address, address },
          isInsideOrganization: person?.tenantId === call.person.tenantId,
          isRemovable: true,
          role,
          allowedRoles: ['freeBusyRead', 'limitedRead', 'read', 'write'],
        };
      });
      return entity(call, { value }, { context: 'users/calendar/calendarPermissions' });
    },
  },
  {
    name: 'getSchedule',
    method: 'POST',
    below: 'calendar',
    path: 'getSchedule',
    scopes: 'read',
    handle: (call) =>
      entity(call, answerSchedule(call.world, { caller: call.person, body: call.body, preferences: call.preferences }), {
        context: 'Collection(microsoft.graph.scheduleInformation)',
      }),
  },
  {
    name: 'findMeetingTimes',
    method: 'POST',
    below: 'mailbox',
    path: 'findMeetingTimes',
    scopes: 'shared',
    handle: (call) =>
      entity(call, answerFindTimes(call.world, { caller: call.person, body: call.body, preferences: call.preferences }), {
        context: 'microsoft.graph.meetingTimeSuggestionsResult',
      }),
  },
  {
    name: 'mailboxSettings.get',
    method: 'GET',
    below: 'mailbox',
    path: 'mailboxSettings',
    scopes: 'settings',
    handle: (call) => entity(call, selectOf(call, viewSettings(call.mailbox)), { context: 'users/mailboxSettings' }),
  },
  {
    name: 'mailboxSettings.update',
    method: 'PATCH',
    below: 'mailbox',
    path: 'mailboxSettings',
    scopes: 'settings.write',
    handle: (call) => {
      changeSettings(call.world, call.mailbox, call.body);
      return { ...entity(call, viewSettings(call.mailbox), { context: 'users/mailboxSettings' }), applied: true };
    },
  },
  {
    name: 'timeZones.list',
    method: 'GET',
    below: 'mailbox',
    path: 'outlook/supportedTimeZones',
    scopes: 'user',
    handle: (call) => {
      const standard = /iana/i.test(call.address) ? 'iana' : 'windows';
      return entity(call, supportedZones({ standard }), { context: 'Collection(microsoft.graph.timeZoneInformation)' });
    },
  },
  {
    name: 'translateExchangeIds',
    method: 'POST',
    below: 'mailbox',
    path: 'translateExchangeIds',
    scopes: 'any',
    handle: (call) =>
      entity(call, translateIds(call.world, call.person, call.body), { context: 'Collection(microsoft.graph.convertIdResult)' }),
  },
  {
    name: 'sendMail',
    method: 'POST',
    below: 'mailbox',
    path: 'sendMail',
    scopes: 'mail',
    handle: (call) => {
      sendMail(call.world, call.person, call.body);
      return { status: 202, applied: true };
    },
  },
];

function answerCalendar(call: GraphCall, calendar: MicrosoftCalendar) {
  return entity(call, selectOf(call, viewCalendar(call.world, calendar, call.person)), { context: 'users/calendars/$entity' });
}

/** Keeps the id and the members that `$select` names. */
function selectOf(call: GraphCall, shown: Record<string, unknown>): Record<string, unknown> {
  const names = call.query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  if (names === undefined) return shown;
  return Object.fromEntries(Object.entries(shown).filter(([name]) => name === 'id' || names.includes(name)));
}

function readCalendar(body: unknown): z.infer<typeof calendarBody> {
  const parsed = calendarBody.safeParse(body);
  if (!parsed.success) throw invalidProperty(z.prettifyError(parsed.error));
  return parsed.data;
}
