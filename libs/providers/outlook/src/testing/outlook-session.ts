import { DAY_MS, HOUR_MS, Secret, instant, interval } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import type {
  AccessProfile,
  CalendarSession,
  ChangePage,
  ChangeRequest,
  EventChange,
  ProviderEvent,
  SyncCursor,
} from '@daymark/provider-contract';
import type { openOutlookWorld } from './outlook-world.ts';

/** A Wednesday between two clock changes of Berlin. */
export const NOW = instant(Date.UTC(2027, 2, 10, 9));
export const window = interval(instant(NOW - 30 * DAY_MS), instant(NOW + 365 * DAY_MS));

export type OutlookWorld = Awaited<ReturnType<typeof openOutlookWorld>>;

/** A session without the way through the browser; `fetch` replaces the way out. */
export function openSession(
  world: OutlookWorld,
  how: { readonly profile?: AccessProfile; readonly scopes?: readonly string[]; readonly fetch?: typeof fetch } = {},
): CalendarSession {
  const { accessToken } = world.sandbox.microsoft.connect(world.people.owner.email, how.scopes === undefined ? {} : { scopes: how.scopes });
  return world.provider.open({
    profile: how.profile ?? 'read_write',
    fetch: how.fetch ?? fetch,
    now: () => world.clock.now(),
    credentials: () => Promise.resolve({ accessToken: new Secret(accessToken) }),
  });
}

/** What a host keeps of one calendar. */
export class Mirror {
  readonly events = new Map<string, ProviderEvent>();
  cursor: SyncCursor | null = null;
  readonly #request: Omit<ChangeRequest, 'from'>;
  readonly #window: typeof window;

  constructor(calendarId: string, within = window) {
    this.#request = { calendarId };
    this.#window = within;
  }

  /** Everything at first, then what changed; gives what was told. */
  async read(session: CalendarSession): Promise<readonly EventChange[]> {
    const told: EventChange[] = [];
    let from: ChangeRequest['from'] =
      this.cursor === null ? { kind: 'start', window: this.#window } : { kind: 'cursor', cursor: this.cursor, window: this.#window };
    for (;;) {
      const page: ChangePage = await session.listChanges({ ...this.#request, from });
      told.push(...page.changes);
      await this.#take(page.changes, session);
      if ('cursor' in page.next) {
        this.cursor = page.next.cursor;
        return told;
      }
      from = { kind: 'page', page: page.next.page, window: this.#window };
    }
  }

  /** Where occurrences are missing or stand elsewhere, by their original start. */
  exceptions(): readonly (readonly [at: Instant | string, status: string])[] {
    return [...this.events.values()].flatMap(({ recurrence, status }) => {
      if (recurrence.kind !== 'exception') return [];
      const { originalStart } = recurrence;
      return [[originalStart.kind === 'timed' ? originalStart.at : originalStart.date, status] as const];
    });
  }

  async #take(changes: readonly EventChange[], session: CalendarSession): Promise<void> {
    for (const change of changes) {
      if (change.kind === 'saved') this.events.set(change.event.id, change.event);
      if (change.kind !== 'removed') continue;
      const { eventId, why } = change;
      const known = why === 'deleted' ? null : await session.getEvent({ ...this.#request, eventId });
      if (known === null) this.events.delete(eventId);
      else this.events.set(eventId, known);
    }
  }
}

/** An hour of that many hours from {@link NOW} on, as Graph takes it. */
export function hour(hours: number): { readonly start: object; readonly end: object } {
  const at = (offset: number) => ({ dateTime: new Date(NOW + offset * HOUR_MS).toISOString().slice(0, 19), timeZone: 'UTC' });
  return { start: at(hours), end: at(hours + 1) };
}

/** That many hours after {@link NOW}. */
export function after(hours: number): Instant {
  return instant(NOW + hours * HOUR_MS);
}

export const weekly = {
  pattern: { type: 'weekly', interval: 1, daysOfWeek: ['wednesday'], firstDayOfWeek: 'monday' },
  range: { type: 'noEnd', startDate: '2027-03-10', recurrenceTimeZone: 'UTC' },
};
