import { UTC, addDays, expandSeries, overlaps, interval, startOfDate } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import type { CalendarSession, ChangeRequest, EventChange, SyncCursor } from '../calendar-provider.ts';
import type { EventTime, OriginalStart, ProviderEvent } from '../provider-event.ts';
import type { SeenTime } from './provider-world.ts';
import { WINDOW } from './scene.ts';

/** A host's copy of one calendar, kept by nothing but the rules of the contract. */
export class Copy {
  readonly calendarId: string;
  readonly window: Interval;
  readonly events = new Map<string, ProviderEvent>();
  readonly unreadable = new Map<string, Extract<EventChange, { kind: 'unreadable' }>>();
  #cursor: SyncCursor | null = null;

  constructor(calendarId: string, window: Interval = WINDOW) {
    this.calendarId = calendarId;
    this.window = window;
  }

  get cursor(): SyncCursor {
    if (this.#cursor === null) throw new Error('nothing was read yet');
    return this.#cursor;
  }

  /** Everything at first, from then on what changed. Gives what was told. */
  async read(session: CalendarSession, cursor: SyncCursor | null = this.#cursor): Promise<Round> {
    const first: ChangeRequest =
      cursor === null
        ? { calendarId: this.calendarId, from: { kind: 'start', window: this.window } }
        : { calendarId: this.calendarId, from: { kind: 'cursor', cursor, window: this.window } };
    return this.readOn(session, first);
  }

  /** From this request to the end of its round. */
  async readOn(session: CalendarSession, first: ChangeRequest): Promise<Round> {
    const changes: EventChange[] = [];
    let request = first;
    for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
      const page = await session.listChanges(request);
      changes.push(...page.changes);
      await this.take(page.changes, session);
      if ('cursor' in page.next) {
        this.#cursor = page.next.cursor;
        return { changes, pages };
      }
      request = { calendarId: this.calendarId, from: { kind: 'page', page: page.next.page, window: this.window } };
    }
    throw new Error('the round has no end');
  }

  async take(changes: readonly EventChange[], session: CalendarSession): Promise<void> {
    for (const change of changes) {
      if (change.kind === 'saved') {
        this.events.set(change.event.id, change.event);
        this.unreadable.delete(change.event.id);
      } else if (change.kind === 'unreadable') {
        this.unreadable.set(change.eventId, change);
        this.events.delete(change.eventId);
      } else {
        const { eventId, why } = change;
        const known = why === 'deleted' ? null : await session.getEvent({ calendarId: this.calendarId, eventId });
        if (known === null) this.#drop(eventId);
        else this.events.set(eventId, known);
      }
    }
  }

  /** The ids that changes told of as there and in a version that the copy had not had. */
  newsIn(changes: readonly EventChange[], before: ReadonlyMap<string, ProviderEvent>): readonly string[] {
    const news = changes.flatMap((change) => {
      if (change.kind !== 'saved') return [];
      return before.get(change.event.id)?.version === change.event.version ? [] : [change.event.id];
    });
    return [...new Set(news)].toSorted();
  }

  find(title: string): ProviderEvent {
    const found = [...this.events.values()].filter((event) => event.title === title && event.status !== 'cancelled');
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} events called '${title}' were told`);
    return found[0];
  }

  titles(): readonly (string | null)[] {
    return [...this.events.values()]
      .filter((event) => event.status !== 'cancelled')
      .map((event) => event.title)
      .toSorted();
  }

  /** Each time that people would see, if the host showed its copy. */
  times(window: Interval = this.window): readonly SeenTime[] {
    const all = [...this.events.values()];
    const expandedAtService = new Set(all.flatMap(({ recurrence }) => (recurrence.kind === 'occurrence' ? [recurrence.seriesId] : [])));
    return inOrder(
      all
        .flatMap((event) => (event.recurrence.kind === 'series' && expandedAtService.has(event.id) ? [] : timesOf(event, { all, window })))
        .filter((time) => touches(time, window)),
    );
  }

  #drop(eventId: string): void {
    this.events.delete(eventId);
    this.unreadable.delete(eventId);
    for (const [id, { recurrence }] of this.events) if ('seriesId' in recurrence && recurrence.seriesId === eventId) this.events.delete(id);
  }
}

export interface Round {
  readonly changes: readonly EventChange[];
  readonly pages: number;
}

const MOST_PAGES = 500;

/** In order of time, so that two lists can be compared. */
export function inOrder(times: readonly SeenTime[]): readonly SeenTime[] {
  const key = ({ title, start, end }: SeenTime) => `${String(start).padStart(20, '0')} ${end} ${title}`;
  return times.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

function timesOf(event: ProviderEvent, { all, window }: { all: readonly ProviderEvent[]; window: Interval }): SeenTime[] {
  const { recurrence, time, title } = event;
  if (event.status === 'cancelled' || time === null) return [];
  if (recurrence.kind !== 'series') return [seen(title, time)];
  const replaced = new Set(
    all.flatMap((other) =>
      other.recurrence.kind === 'exception' && other.recurrence.seriesId === event.id ? [keyOf(other.recurrence.originalStart)] : [],
    ),
  );
  const expansion = expandSeries({ rules: recurrence.rules, time }, { window, zone: UTC, limit: 5000 });
  if (expansion.kind === 'unreadable') throw new Error(`the rules of '${title}' cannot be read: ${expansion.reason}`);
  return expansion.occurrences
    .filter((occurrence) => !replaced.has(String(occurrence.originalStart)))
    .map((occurrence) =>
      occurrence.kind === 'timed'
        ? { title, start: occurrence.start, end: occurrence.end }
        : { title, start: occurrence.startDate, end: occurrence.endDate },
    );
}

function keyOf(start: OriginalStart): string {
  return start.kind === 'timed' ? String(start.at) : start.date;
}

function seen(title: string | null, time: EventTime): SeenTime {
  return time.kind === 'timed' ? { title, start: time.start, end: time.end } : { title, start: time.startDate, end: time.endDate };
}

/** Dates near the border are left to the case: a day more than the window would cut two zones in two ways. */
function touches({ start, end }: SeenTime, window: Interval): boolean {
  if (typeof start === 'number' && typeof end === 'number') return start === end || overlaps(interval(start, end), window);
  if (typeof start === 'number' || typeof end === 'number') return false;
  return overlaps(interval(startOfDate(start, UTC), startOfDate(end > start ? end : addDays(start, 1), UTC)), window);
}
