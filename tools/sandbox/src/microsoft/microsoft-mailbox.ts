import { z } from 'zod';
import { badRequest, invalidProperty } from './microsoft-error.ts';
import { eventId, readEventId } from './microsoft-ids.ts';
import { withCamelCase } from './microsoft-meeting-actions.ts';
import { graphUserId } from './microsoft-people.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { nowInstant } from './microsoft-world.ts';
import { findZone, ianaZones, windowsZones } from './microsoft-zones.ts';

export function viewUser(person: MicrosoftPerson): Record<string, unknown> {
  return {
    id: graphUserId(person),
    displayName: person.name,
    givenName: person.givenName,
    surname: person.surname,
    mail: person.mail,
    userPrincipalName: person.email,
    preferredLanguage: person.locale,
  };
}

export function viewSettings(person: MicrosoftPerson): Record<string, unknown> {
  return {
    timeZone: person.timeZone,
    language: { locale: person.locale, displayName: new Intl.DisplayNames('en', { type: 'language' }).of(person.locale) ?? person.locale },
    dateFormat: 'yyyy-MM-dd',
    timeFormat: 'HH:mm',
    workingHours: { ...person.workingHours, timeZone: { name: person.timeZone } },
    automaticRepliesSetting: { status: 'disabled', externalAudience: 'none', internalReplyMessage: '', externalReplyMessage: '' },
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    userPurpose: 'user',
  };
}

const settingsBody = z.object({
  timeZone: z.string().optional(),
  workingHours: z
    .object({ daysOfWeek: z.array(z.string()).optional(), startTime: z.string().optional(), endTime: z.string().optional() })
    .optional(),
});

/** Time zone and working hours can be changed; the rest is left as it is. @throws GraphError 400 */
export function changeSettings(world: MicrosoftWorld, person: MicrosoftPerson, body: unknown): void {
  const parsed = settingsBody.safeParse(body);
  if (!parsed.success) throw invalidProperty(z.prettifyError(parsed.error));
  const { timeZone, workingHours } = parsed.data;
  if (timeZone !== undefined && findZone(timeZone) === null) throw invalidProperty(`The time zone '${timeZone}' is not supported.`);
  person.timeZone = timeZone ?? person.timeZone;
  const given = Object.fromEntries(Object.entries(workingHours ?? {}).filter(([, value]) => value !== undefined));
  person.workingHours = { ...person.workingHours, ...given };
  world.touch();
}

export function supportedZones({ standard }: { standard: 'windows' | 'iana' }): Record<string, unknown> {
  const zones = standard === 'iana' ? ianaZones() : windowsZones();
  return { value: zones.map((alias) => ({ alias, displayName: alias })) };
}

const translateBody = z.object({
  inputIds: z.array(z.string()).max(1000),
  sourceIdType: z.enum(['restId', 'restImmutableEntryId']),
  targetIdType: z.enum(['restId', 'restImmutableEntryId']),
});

/** Between ids and immutable ids; the other formats are not simulated. @throws GraphError 400 */
export function translateIds(world: MicrosoftWorld, person: MicrosoftPerson, body: unknown): Record<string, unknown> {
  const parsed = translateBody.safeParse(withCamelCase(body));
  if (!parsed.success) throw badRequest('ErrorInvalidRequest', z.prettifyError(parsed.error));
  const isImmutable = parsed.data.targetIdType === 'restImmutableEntryId';
  const calendars = [...world.state.calendars.values()].filter(({ ownerEmail }) => ownerEmail === person.email);
  return {
    value: parsed.data.inputIds.map((sourceId) => {
      const reference = readEventId(person.email, sourceId);
      const stored =
        reference === null
          ? undefined
          : calendars.map(({ events }) => events.get(reference.key)).find((found) => found?.isDeleted === false);
      if (reference === null || stored === undefined) {
        return { sourceId, errorDetails: { code: 'ErrorInvalidIdMalformed', message: 'Id is malformed.' } };
      }
      const { key, moves } = stored;
      return { sourceId, targetId: eventId(person.email, { key, moves, stamp: reference.stamp }, { isImmutable }) };
    }),
  };
}

const mailBody = z.object({
  message: z.object({
    subject: z.string().nullish(),
    body: z.object({ content: z.string().nullish() }).nullish(),
    toRecipients: z.array(z.object({ emailAddress: z.object({ address: z.string() }) })).min(1),
  }),
});

/** Keeps the mail among those that Exchange sent; nothing leaves the machine. @throws GraphError 400 */
export function sendMail(world: MicrosoftWorld, person: MicrosoftPerson, body: unknown): void {
  const parsed = mailBody.safeParse(withCamelCase(body));
  if (!parsed.success) throw badRequest('ErrorInvalidRecipients', z.prettifyError(parsed.error));
  const { message } = parsed.data;
  const to = message.toRecipients.map(({ emailAddress }) => emailAddress.address);
  world.state.mails.push({
    ...{ at: nowInstant(world), kind: 'message', from: person.email, to, eventId: null, iCalUId: null },
    subject: message.subject ?? '',
    comment: message.body?.content ?? '',
  });
  world.touch();
}
