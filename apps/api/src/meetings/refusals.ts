import { Injectable } from '@nestjs/common';
import type { ConflictItem } from '@daymark/api-contract';
import { DomainError, type Interval, type ZoneId } from '@daymark/domain';
import { alternatives, findConflicts } from '@daymark/scheduling';
import { alternativeView, conflictViews } from '../availability/blocked-times.ts';
import { answerable, freshnessView } from '../availability/availability.service.ts';
import { slotRequest, type Prepared } from '../availability/question.ts';
import type { TimeOfPeople } from '../availability/time-of-people.ts';
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

/** Says why a wanted time cannot be had, and offers others. */
@Injectable()
export class Refusals {
  constructor(private readonly database: Database) {}

  /** `slot-taken`, or `time-unknown` where nothing else is in the way than that we do not know. */
  async taken(caller: Caller, refused: RefusedTime, { count }: { count: number }): Promise<DomainError> {
    const { wide, wanted } = refused;
    const { seen, conflicts } = await this.conflicts(caller, refused, { maySeeTitles: seesWholeTenant(caller) });
    const others = answerable(() => alternatives(slotRequest(wide.prepared, wide.time), { start: wanted.start, count }));
    const known = conflicts.find(({ code }) => code !== 'unknown');
    const isUnknown = conflicts.length > 0 && known === undefined;
    return new DomainError(isUnknown ? 'time-unknown' : 'slot-taken', (known ?? conflicts[0])?.message ?? FASTER, {
      conflicts,
      alternatives: others.map(alternativeView),
      ...freshnessView(seen.prepared, seen.time),
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
  ): Promise<{ readonly seen: Answered; readonly conflicts: ConflictItem[] }> {
    for (const answered of [seen, wide]) {
      const request = slotRequest(answered.prepared, answered.time, wanted);
      const found = findConflicts(request, wanted);
      if (found.length === 0) continue;
      const conflicts = await this.database.withTenant(caller.tenantId, (tx) =>
        conflictViews(tx, found, { time: answered.time, zone: zone ?? request.grid.zone, maySeeTitles }),
      );
      return { seen: answered, conflicts };
    }
    return { seen: wide, conflicts: [] };
  }
}
