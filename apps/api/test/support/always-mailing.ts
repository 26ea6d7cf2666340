import {
  GUESTS_ARE_ALWAYS_MAILED,
  ProviderError,
  ProviderRegistry,
  type CalendarProvider,
  type CalendarSession,
  type EventWriter,
  type Notify,
} from '@daymark/provider-contract';
import type { TestApp } from './test-app.ts';

/** Turns a provider of the app into one that mails guests of all that is written, with what the contract says about such. */
export function mailAlways(test: TestApp, providerId: string): void {
  const provider = test.get(ProviderRegistry).find(providerId);
  if (provider === null) throw new Error(`no provider ${providerId}`);
  const open = provider.open.bind(provider);
  const changes: Partial<CalendarProvider> = {
    manifest: { ...provider.manifest, mailsGuests: 'always' },
    open: (access) => {
      const session = open(access);
      return { ...session, ...(session.writer === undefined ? {} : { writer: alwaysMailing(session, session.writer) }) };
    },
  };
  for (const [name, value] of Object.entries(changes)) Object.defineProperty(provider, name, { value });
}

function alwaysMailing(session: CalendarSession, writer: EventWriter): EventWriter {
  const refuse = (notify: Notify, guests: readonly unknown[]): void => {
    if (notify === 'none' && guests.length > 0)
      throw new ProviderError('invalid-request', 'refused', { subject: 'event', reason: GUESTS_ARE_ALWAYS_MAILED });
  };
  return {
    commentOnCancel: writer.commentOnCancel,
    create: async (event) => {
      refuse(event.notify, event.fields.attendees);
      return writer.create({ ...event, notify: 'all' });
    },
    update: async (update) => {
      refuse(update.notify, [...((await session.getEvent(update.ref))?.attendees ?? []), ...(update.fields.attendees ?? [])]);
      return writer.update({ ...update, notify: 'all' });
    },
    remove: async (deletion) => {
      refuse(deletion.notify, (await session.getEvent(deletion.ref))?.attendees ?? []);
      return writer.remove({ ...deletion, notify: 'all' });
    },
  };
}
