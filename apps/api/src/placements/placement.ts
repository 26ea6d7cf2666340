import type { Instant, Uuid } from '@daymark/domain';
import type { EventFields, Notify } from '@daymark/provider-contract';
import type { StoredError } from '../connections/connection.ts';

export type ThingKind = 'meeting' | 'event';

/** What is placed. */
export interface Thing {
  readonly kind: ThingKind;
  readonly id: Uuid;
}

/** What an event is to hold; JSON. */
export interface Wanted {
  readonly fields: EventFields;
  readonly conference: boolean;
}

/**
 * `pending`: a write is due now. `waiting`: it did not work yet and is tried again. `failed`: it cannot
 * work until something else changes. `removed`: nothing of it is on the calendar, by us or by a person.
 */
export type PlacementState = 'pending' | 'written' | 'waiting' | 'failed' | 'removed';

/** One thing of ours on one calendar. */
export interface Placement {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly thing: Thing;
  readonly calendarId: Uuid;
  readonly role: 'organizer' | 'copy';
  /** The identity of the create at the provider. */
  readonly marker: string;
  readonly remoteId: string | null;
  readonly iCalUid: string | null;
  readonly remoteVersion: string | null;
  readonly wanted: Wanted;
  /** Our side of what was written last; null before the first write. */
  readonly agreed: Wanted | null;
  /**
   * What calls whose outcome is not known may have made of the event since then, each once: it may hold any of it. Null: a call
   * may have removed it.
   */
  readonly tried: readonly (Wanted | null)[];
  readonly desired: 'present' | 'absent';
  /** Grows with every wish. */
  readonly wantedVersion: number;
  readonly writtenVersion: number;
  readonly state: PlacementState;
  readonly notify: Notify;
  readonly comment: string | null;
  readonly conferenceState: 'pending' | 'ready' | 'failed' | null;
  readonly conferencePolls: number;
  /** Calls begun since the last one that ended well. */
  readonly attempts: number;
  readonly lease: Uuid | null;
  readonly leaseUntil: Instant | null;
  readonly nextTryAt: Instant | null;
  readonly lastError: StoredError | null;
  readonly writtenAt: Instant | null;
  readonly createdAt: Instant;
}

/** How long a worker has a placement for itself: longer than a call with all its repeats. */
export const PLACEMENT_LEASE_MS = 60_000;
