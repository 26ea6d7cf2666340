import type { CalendarSession, EventWriter } from '../calendar-provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { PushSubscriber } from '../provider-push.ts';
import { updateOnTop } from '../treatment.ts';

/** Runs one call of a session as a host does: again after a refresh or a wait, as `errorTreatment` says. */
export interface Treats {
  <T>(call: () => Promise<T>): Promise<T>;
}

/** A session as a host uses it: every call treated, a lost answer to a change found out by reading. */
export function treatedSession(session: CalendarSession, treat: Treats, keepingAnswers: Treats): CalendarSession {
  const { writer, freeBusy, push, findTimes } = session;
  return {
    listCalendars: () => treat(() => session.listCalendars()),
    listChanges: (request) => treat(() => session.listChanges(request)),
    getEvent: (ref) => treat(() => session.getEvent(ref)),
    getOccurrence: (ref) => treat(() => session.getOccurrence(ref)),
    ...(writer === undefined ? {} : { writer: treatedWriter({ writer, getEvent: (ref) => session.getEvent(ref) }, treat) }),
    ...(freeBusy === undefined ? {} : { freeBusy: { read: (request) => treat(() => freeBusy.read(request)) } }),
    ...(push === undefined ? {} : { push: treatedPush(push, treat, keepingAnswers) }),
    ...(findTimes === undefined ? {} : { findTimes: { find: (request) => treat(() => findTimes.find(request)) } }),
  };
}

function treatedWriter(session: Pick<CalendarSession, 'getEvent'> & { readonly writer: EventWriter }, treat: Treats): EventWriter {
  const { writer } = session;
  return {
    commentOnCancel: writer.commentOnCancel,
    create: (event) => treat(() => writer.create(event)),
    async update({ ref, ifVersion, fields, conference, notify }) {
      const difference = { fields, ...(conference === undefined ? {} : { conference }) };
      const done = await treat(() => updateOnTop(session, { ref, ifVersion, difference, notify, mostRebases: 0 }));
      if (done.kind === 'gone') throw new ProviderError('not-found', 'It is gone', { subject: 'event' });
      return done.event;
    },
    remove: (deletion) => treat(() => writer.remove(deletion)),
  };
}

function treatedPush(push: PushSubscriber, treat: Treats, keepingAnswers: Treats): PushSubscriber {
  return {
    // A host asks again with another id; here the id is the case's.
    subscribe: (request) => keepingAnswers(() => treat(() => push.subscribe(request))),
    unsubscribe: (channel) => treat(() => push.unsubscribe(channel)),
    ...(push.renewsInPlace
      ? { renewsInPlace: true, renew: (channel, until) => treat(() => push.renew(channel, until)) }
      : { renewsInPlace: false }),
  };
}
