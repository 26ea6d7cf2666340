import type { ClaimBuffers, Instant, Interval, OpeningHours, ZoneId } from '@daymark/domain';

/**
 * Everything that decides about slots, as plain data: the answer depends on nothing else. What is
 * given of people's time must reach a day beyond both ends of the window, so that buffers and
 * limits per day are right at its edges.
 */
export interface SlotRequest {
  readonly now: Instant;
  /** A slot starts and ends within it; at most 366 days. */
  readonly window: Interval;
  /** 5 minutes to 24 hours. */
  readonly durationMs: number;
  readonly grid: SlotGrid;
  /** A slot needs every group. */
  readonly groups: readonly SlotGroup[];
  /** Everybody who is named in a group, once. */
  readonly people: readonly Person[];
}

/** Where slots may start, by the wall clock of a zone. */
export interface SlotGrid {
  readonly zone: ZoneId;
  /** Every so many minutes, counted from midnight of each date, or from `anchorMinute`. */
  readonly stepMinutes: number;
  /** A step that is not a multiple of this many minutes since midnight is rounded up to the next one. */
  readonly roundToMinutes: number;
  /** The minute of the day that steps are counted from: 545 puts a step of 40 on 09:05, 09:45, …; 0 when absent. */
  readonly anchorMinute?: number;
}

/** So many of these must be free; of more the first ones listed are taken. A person may stand in several groups and then counts in each. */
export interface SlotGroup {
  readonly group: string;
  readonly required: number | 'all';
  /** Ids of people. */
  readonly members: readonly string[];
}

/** What can be claimed (a person, a room, one seat of a room) and what is known about its time. */
export interface Person {
  readonly id: string;
  /** Whose midnight divides the dates of this person. */
  readonly zone: ZoneId;
  /** Null: open at any time. */
  readonly hours: OpeningHours | null;
  readonly busy: BusyTimeline;
  readonly claims: ClaimTimeline;
  /** Every calendar that is read for busy time. */
  readonly calendars: readonly CalendarKnowledge[];
  /** What the wanted meeting keeps free around itself; see `claimBuffers` of the domain. */
  readonly buffers: ClaimBuffers;
  readonly noticeMs: number;
  /** Bookable up to the end of the date that is so many days after today in the person's zone. */
  readonly horizonDays: number | null;
  /** Most meetings on one date of the person's zone. A meeting counts on every date that it touches. */
  readonly maxPerDay: number | null;
  /** Starts of past meetings, epoch milliseconds; what the ranking learns from. */
  readonly pastStarts?: Float64Array;
}

/** What a calendar's mirror holds: the time it covers, or null when its busy time is not known. */
export interface CalendarKnowledge {
  readonly calendarId: string;
  readonly known: Interval | null;
}

/**
 * Mirrored busy time, one entry per occurrence in parallel arrays, best in order of the starts;
 * the same length all of them. Entries of no length block nothing.
 */
export interface BusyTimeline {
  /** Epoch milliseconds. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Index into `calendarIds`. */
  readonly calendars: Int32Array;
  readonly calendarIds: readonly string[];
  readonly eventIds: readonly string[];
}

/** Blocking claims of the platform: parallel arrays of the meetings' own time and the buffers fixed for them. */
export interface ClaimTimeline {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly beforeMs: Float64Array;
  readonly afterMs: Float64Array;
  readonly meetingIds: readonly string[];
}

export const noBusyTime: BusyTimeline = {
  starts: new Float64Array(0),
  ends: new Float64Array(0),
  calendars: new Int32Array(0),
  calendarIds: [],
  eventIds: [],
};

export const noClaims: ClaimTimeline = {
  starts: new Float64Array(0),
  ends: new Float64Array(0),
  beforeMs: new Float64Array(0),
  afterMs: new Float64Array(0),
  meetingIds: [],
};
