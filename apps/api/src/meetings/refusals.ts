import { Injectable } from '@nestjs/common';
import type { ConflictItem } from '@daymark/api-contract';
import { addMilliseconds, DomainError, type CaseWords, type Instant, type Interval, type ZoneId } from '@daymark/domain';
import { alternatives, findConflicts, nextSlot, type SlotRequest, type TimeConflict } from '@daymark/scheduling';
import { alternativeView, conflictViews, isEnd, latestOf } from '../availability/blocked-times.ts';
import { answerable, freshnessView } from '../availability/availability.service.ts';
import { slotRequest, type Prepared } from '../availability/question.ts';
import type { TimeOfPeople } from '../availability/time-of-people.ts';
import { momentText } from '../availability/time-words.ts';
import { countUnknown, remedyFor, unknownOf } from '../availability/unknown-time.ts';
import { Database } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';

/** A question and what was known when it was answered. */
export interface Answered {
  readonly prepared: Prepared;
  readonly time: TimeOfPeople;
}

export interface RefusedTime {
  readonly wanted: Interval;
  /** What the refusal is built on. */
  readonly seen: Answered;
  /** Read after it, over the days around: where other times are looked for. */
  readonly wide: Answered;
  /** In whose wall time the sentences are. */
  readonly zone: ZoneId | undefined;
}

const FASTER = 'Somebody else was faster.';

/** Of the field with that pointer. */
export function liesInThePast(pointer: string): DomainError {
  return new DomainError('validation-failed', 'What has passed cannot be booked.', { errors: [{ pointer, message: 'lies in the past' }] });
}

/** Says why a wanted time cannot be had, and offers others. */
@Injectable()
export class Refusals {
  constructor(private readonly database: Database) {}

  /** `slot-taken`, or `time-unknown` where nothing else is in the way than that we do not know. */
  async taken(caller: Caller, refused: RefusedTime, { count }: { count: number }): Promise<DomainError> {
    const { wide, wanted } = refused;
    const { seen, found, conflicts } = await this.conflicts(caller, refused, { maySeeTitles: seesWholeTenant(caller) });
    const others = answerable(() => alternatives(slotRequest(wide.prepared, wide.time), { start: wanted.start, count }));
    const worst = conflicts.find(({ code }) => isEnd(code)) ?? conflicts.find(({ code }) => code !== 'unknown') ?? conflicts[0];
    const isUnknown = worst?.code === 'unknown';
    const zone = refused.zone ?? slotRequest(seen.prepared, seen.time, wanted).grid.zone;
    const words = isUnknown ? unknownWords(seen) : takenWords({ latest: latestOf(found), hasOthers: others.length > 0, wide, zone });
    return new DomainError(isUnknown ? 'time-unknown' : 'slot-taken', worst?.message ?? FASTER, {
      ...words,
      conflicts,
      alternatives: others.map(alternativeView),
      ...freshnessView(seen.prepared, seen.time),
    });
  }

  /** Nobody has time in a window: `time-unknown` where somebody might, if only we knew, else `no-slot-found`. */
  none(answered: Answered): DomainError {
    const { prepared, time } = answered;
    const unknown = unknownOf(time.statuses);
    const data = freshnessView(prepared, time);
    const request = slotRequest(prepared, time);
    const latest = endBefore(request);
    if (latest !== null) {
      const until = momentText(latest, request.grid.zone);
      const fix = `Ask for a window that begins before that, and a time that ends by ${until}.`;
      return new DomainError('no-slot-found', `The window begins after ${until}, when nothing can be booked any more.`, { fix, ...data });
    }
    if (unknown.length === 0) return new DomainError('no-slot-found', 'Nobody has a common free time in this window.', data);
    const detail = `No free time is known in this window; ${countUnknown(unknown)}.`;
    const people = request.people.map((person) => ({ ...person, calendars: person.calendars.filter(({ known }) => known !== null) }));
    if (answerable(() => nextSlot({ ...request, people })) !== null)
      return new DomainError('time-unknown', detail, { ...unknownWords(answered), ...data });
    const { fix, who } = remedyFor(unknown);
    return new DomainError('no-slot-found', detail, {
      cause: `Everyone required is not available together at what is known of their time, and ${countUnknown(unknown)}.`,
      fix: `Widen the window, shorten the meeting or require fewer people. ${fix}`,
      who,
      ...data,
    });
  }

  /**
   * What stood in the way when it was decided, even if it went since (a calendar was read meanwhile);
   * where nothing did, what does now: somebody took the time in between.
   */
  async conflicts(
    caller: Caller,
    { wanted, seen, wide, zone }: RefusedTime,
    { maySeeTitles }: { maySeeTitles: boolean },
  ): Promise<{ readonly seen: Answered; readonly found: readonly TimeConflict[]; readonly conflicts: ConflictItem[] }> {
    for (const answered of [seen, wide]) {
      const request = slotRequest(answered.prepared, answered.time, wanted);
      const found = findConflicts(request, wanted);
      if (found.length === 0) continue;
      const conflicts = await this.database.withTenant(caller.tenantId, (tx) =>
        conflictViews(tx, found, { time: answered.time, zone: zone ?? request.grid.zone, maySeeTitles }),
      );
      return { seen: answered, found, conflicts };
    }
    return { seen: wide, found: [], conflicts: [] };
  }
}

/** Where bookable time ends, when all of the window lies behind that. */
function endBefore({ window, ...request }: SlotRequest): Instant | null {
  const first = { start: window.start, end: addMilliseconds(window.start, request.durationMs) };
  const latest = latestOf(findConflicts({ ...request, window }, first));
  return latest !== null && latest <= window.start ? latest : null;
}

function unknownWords({ time }: Answered): CaseWords {
  const unknown = unknownOf(time.statuses);
  return { cause: `${capital(countUnknown(unknown))}.`, ...remedyFor(unknown) };
}

/** What the catalogue cannot know: where bookable time ends, and whether there are other times to choose from. */
function takenWords({
  latest,
  hasOthers,
  wide,
  zone,
}: {
  latest: Instant | null;
  hasOthers: boolean;
  wide: Answered;
  zone: ZoneId;
}): CaseWords {
  const choose = hasOthers ? 'Choose one of the alternatives, or ask' : 'Ask';
  if (latest !== null)
    return {
      cause: 'The time lies beyond what can be booked, or beyond what was read of the calendars.',
      fix: `${choose} for a time that ends by ${momentText(latest, zone)}.`,
    };
  if (hasOthers) return {};
  const unknown = unknownOf(wide.time.statuses);
  const fix = 'Ask for another time; around this one there is none that suits everyone.';
  return unknown.length === 0 ? { fix } : { ...remedyFor(unknown), fix: `${fix} ${remedyFor(unknown).fix}` };
}

function capital(sentence: string): string {
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
}
