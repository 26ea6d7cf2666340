import { z } from 'zod';
import { badRequest, invalidProperty } from './microsoft-error.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { removeEvent } from './microsoft-event-writer.ts';
import { answerCopy, changeAttendees, propagateReply, sourceOf } from './microsoft-guests.ts';
import { addressesOf, recordMail } from './microsoft-mails.ts';
import type { MicrosoftCalendar, MicrosoftPerson } from './microsoft-state.ts';
import { readDateTime } from './microsoft-times.ts';
import { NO_ANSWER } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export type MeetingAnswer = 'accepted' | 'tentativelyAccepted' | 'declined';

const dateTime = z.object({ dateTime: z.string(), timeZone: z.string().nullish() });
const replyBody = z.object({
  comment: z.string().nullish(),
  sendResponse: z.boolean().nullish(),
  proposedNewTime: z.object({ start: dateTime, end: dateTime }).nullish(),
});
const forwardBody = z.object({
  toRecipients: z.array(z.object({ emailAddress: z.object({ address: z.string(), name: z.string().nullish() }) })).min(1),
  comment: z.string().nullish(),
});
const cancelBody = z.object({ comment: z.string().nullish() });

export interface MeetingAction {
  readonly calendar: MicrosoftCalendar;
  readonly event: ResolvedEvent;
  readonly owner: MicrosoftPerson;
  readonly body: unknown;
}

/** A guest answers; the organizer hears of it unless `sendResponse` is false. @throws GraphError 400 */
export function answerMeeting(world: MicrosoftWorld, action: MeetingAction, response: MeetingAnswer): void {
  const { calendar, event, owner } = action;
  const reply = parse(replyBody, action.body);
  // How an organizer is refused is not confirmed.
  if (event.stored.copyOf === null)
    throw badRequest('ErrorInvalidRequest', "Your request can't be completed. You are the organizer of the meeting.");
  const tellsOrganizer = reply.sendResponse !== false;
  const proposal = reply.proposedNewTime;
  if (proposal != null && (response === 'accepted' || !tellsOrganizer || !event.fields.allowNewTimeProposals)) {
    throw badRequest('ErrorInvalidRequest', 'A new time cannot be proposed for this event.');
  }
  const proposedNewTime =
    proposal == null ? {} : { proposedNewTime: { start: readDateTime(proposal.start, 'start'), end: readDateTime(proposal.end, 'end') } };
  answerCopy(world, calendar, { event, response });
  if (!tellsOrganizer) return;
  const time = new Date(world.clock.now()).toISOString();
  propagateReply(world, event, { person: owner, change: { status: { response, time }, ...proposedNewTime } });
  recordMail(world, {
    kind: 'reply',
    from: owner.email,
    to: [event.stored.organizer.address],
    calendar,
    event,
    comment: reply.comment ?? '',
  });
}

/** The organizer calls a meeting, or one occurrence of it, off. @throws GraphError 400 for guests */
export function cancelMeeting(world: MicrosoftWorld, { calendar, event, body }: MeetingAction): void {
  const { comment } = parse(cancelBody, body);
  if (event.stored.copyOf !== null) throw badRequest('ErrorInvalidRequest', 'You need to be an organizer to cancel a meeting.');
  removeEvent(world, calendar, { event, comment: comment ?? '' });
}

/** Invites more people; a guest's forward lets the organizer know. */
export function forwardMeeting(world: MicrosoftWorld, { calendar, event, owner, body }: MeetingAction): void {
  const { toRecipients, comment } = parse(forwardBody, body);
  const source = event.stored.copyOf === null ? { calendar, event } : sourceOf(world, event);
  const to = toRecipients.map(({ emailAddress }) => emailAddress.address.toLowerCase());
  if (source !== null) {
    const known = addressesOf(source.event.fields);
    const added = toRecipients
      .filter(({ emailAddress }) => !known.includes(emailAddress.address.toLowerCase()))
      .map(({ emailAddress: { address, name } }) => ({
        type: 'required' as const,
        emailAddress: { address, name: name ?? address },
        status: NO_ANSWER,
      }));
    changeAttendees(world, source.calendar, { event: source.event, attendees: [...source.event.fields.attendees, ...added] });
  }
  recordMail(world, { kind: 'forward', from: owner.email, to, calendar, event, comment: comment ?? '' });
  if (event.stored.copyOf !== null)
    recordMail(world, { kind: 'forward', from: owner.email, to: [event.stored.organizer.address], calendar, event });
}

/** Parameters come in camel case as on the pages, or in Pascal case as in the metadata. @throws GraphError 400 */
export function withCamelCase(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) => [name.slice(0, 1).toLowerCase() + name.slice(1), value]),
  );
}

function parse<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(withCamelCase(body));
  if (!parsed.success) throw invalidProperty(z.prettifyError(parsed.error));
  return parsed.data;
}
