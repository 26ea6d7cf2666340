import { addDays } from '@daymark/domain';
import type { EventFields, EventUpdate } from '../calendar-provider.ts';
import { ProviderError } from '../provider-error.ts';
import { inWriter } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const writingMutants: readonly Mutant[] = [
  inWriter('writes over what somebody else changed meanwhile', (writer, session) => ({
    async update(update) {
      const current = await session.getEvent(update.ref);
      return writer.update({ ...update, ifVersion: current?.version ?? update.ifVersion });
    },
  })),
  inWriter('deletes what somebody else changed meanwhile', (writer) => ({
    remove: (deletion) => writer.remove({ ...deletion, ifVersion: undefined }),
  })),
  inWriter('makes another event each time that a create is repeated', (writer) => {
    let created = 0;
    return {
      async create(event) {
        created += 1;
        const made = await writer.create({ ...event, marker: `${created.toString(16)}${event.marker}`.slice(0, 32) });
        return { ...made, marker: event.marker };
      },
    };
  }),
  inWriter('takes another marker by itself when the event was deleted', (writer) => ({
    create: (event) =>
      writer.create(event).catch((error: unknown) => {
        if (!(error instanceof ProviderError) || error.reason !== 'marker-of-deleted-event') throw error;
        return writer.create({ ...event, marker: `f${event.marker.slice(1)}` });
      }),
  })),
  inWriter('has the guests mailed about everything', (writer) => ({
    create: (event) => writer.create({ ...event, notify: 'all' }),
    update: (update) => writer.update({ ...update, notify: 'all' }),
    remove: (deletion) => writer.remove({ ...deletion, notify: 'all' }),
  })),
  inWriter('never has the guests mailed', (writer) => ({
    create: (event) => writer.create({ ...event, notify: 'none' }),
    update: (update) => writer.update({ ...update, notify: 'none' }),
    remove: (deletion) => writer.remove({ ...deletion, notify: 'none' }),
  })),
  inWriter('has everybody mailed when only outsiders should be', (writer) => ({
    create: (event) => writer.create({ ...event, notify: event.notify === 'external' ? 'all' : event.notify }),
  })),
  inWriter('forgets what guests answered when it writes the list of them', (writer) => ({
    async update(update) {
      if (update.fields.attendees === undefined) return writer.update(update);
      const emptied = await writer.update({ ...update, fields: { attendees: [] } });
      return writer.update({ ...update, ifVersion: emptied.version });
    },
  })),
  inWriter('clears the fields that an update does not name', (writer) => ({
    update: (update) => writer.update({ ...update, fields: { description: null, location: null, ...update.fields } }),
  })),
  inWriter('makes an event public when it changes it', (writer) => ({
    update: (update) => writer.update({ ...update, fields: { visibility: 'public', ...update.fields } }),
  })),
  inWriter('takes an event out of its conference when it changes it', (writer) => ({
    update: (update) => writer.update({ conference: 'remove', ...update } satisfies EventUpdate),
  })),
  inWriter('says nothing of a conference that is still being made', (writer) => ({
    async create(event) {
      const made = await writer.create(event);
      return made.conference?.status === 'pending' ? { ...made, conference: null } : made;
    },
  })),
  inWriter('makes a conference for every event', (writer) => ({ create: (event) => writer.create({ ...event, conference: true }) })),
  inWriter('makes no conference', (writer) => ({ create: (event) => writer.create({ ...event, conference: false }) })),
  inWriter('writes the end of all-day events as a day that belongs to them', (writer) => ({
    create: (event) => writer.create({ ...event, fields: { ...event.fields, ...shortened(event.fields) } }),
    update: (update) => writer.update({ ...update, fields: { ...update.fields, ...shortened(update.fields) } }),
  })),
  inWriter('fails to delete what is gone already', (writer, session) => ({
    async remove(deletion) {
      if ((await session.getEvent(deletion.ref)) === null) throw new ProviderError('not-found', 'It is gone', { subject: 'event' });
      return writer.remove(deletion);
    },
  })),
  inWriter('takes a calendar that is gone for an event that was deleted', (writer) => ({
    remove: (deletion) =>
      writer.remove(deletion).catch((error: unknown) => {
        if (!(error instanceof ProviderError) || error.code !== 'not-found') throw error;
      }),
  })),
  inWriter('answers a write with the version from before', (writer) => ({
    update: async (update) => ({ ...(await writer.update(update)), version: update.ifVersion }),
  })),
  inWriter('writes a single event where a series was meant', (writer) => ({
    create: (event) => writer.create({ ...event, fields: { ...event.fields, recurrence: [] } }),
  })),
];

function shortened({ time }: Partial<EventFields>): Partial<EventFields> {
  return time?.kind === 'all-day' ? { time: { ...time, endDate: addDays(time.endDate, -1) } } : {};
}
