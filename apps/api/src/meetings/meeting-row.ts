import type { Meeting as MeetingView, Placement as PlacementView } from '@daymark/api-contract';
import type { MeetingStatus, Uuid, ZoneId } from '@daymark/domain';
import type { DescribedError } from '../connections/provider-problem.ts';

export interface MeetingRow {
  readonly id: Uuid;
  readonly organizer_user_id: Uuid | null;
  readonly scheduling_profile_id: Uuid | null;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly status: MeetingStatus;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly zone: ZoneId;
  readonly sequence: number;
  readonly conference: StoredConference | null;
  readonly external_ref: MeetingView['external_ref'];
  readonly reminder_minutes: number[];
  readonly preparation: MeetingView['preparation'];
  readonly notify: 'all' | 'external' | 'none';
  readonly moved: MeetingView['moved'];
  readonly cancel_comment: string | null;
  readonly cancelled_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface StoredConference {
  readonly status: 'pending' | 'ready' | 'failed';
  readonly platform: string | null;
  readonly join_url: string | null;
  readonly required: boolean;
  /** Why there is none, when it failed. */
  readonly failure?: { readonly message: string; readonly at: string } | null;
}

export interface AttendeeRow {
  readonly id: Uuid;
  readonly meeting_id: Uuid;
  readonly user_id: Uuid | null;
  readonly email: string;
  readonly name: string | null;
  readonly zone: ZoneId | null;
  readonly kind: 'host' | 'guest';
  readonly is_optional: boolean;
  readonly response: MeetingView['attendees'][number]['response'];
}

export interface PlacementRow {
  readonly id: Uuid;
  readonly thing_id: Uuid;
  readonly calendar_id: Uuid;
  readonly provider: string;
  readonly calendar_name: string;
  readonly role: PlacementView['role'];
  readonly state: PlacementView['state'];
  readonly desired: 'present' | 'absent';
  readonly event_id: Uuid | null;
  readonly url: string | null;
  readonly attempts: number;
  readonly next_try_at: Date | null;
  readonly last_error: DescribedError | null;
  readonly written_at: Date | null;
  readonly updated_at: Date;
}

export interface ClaimRow {
  readonly meeting_id: Uuid;
  readonly resource_id: Uuid;
  readonly kind: 'person' | 'room' | 'mailbox';
  readonly name: string;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly before_ms: number;
  readonly after_ms: number;
}

export interface MailRow {
  readonly meeting_id: Uuid;
  readonly kind: string;
  readonly sequence: number;
  readonly recipient: string;
  readonly state: 'due' | 'sending' | 'sent' | 'failed' | 'void';
  readonly attempts: number;
  readonly due_at: Date;
  readonly sent_at: Date | null;
  readonly error: string | null;
}

/** What is stored about a meeting beside its own row. */
export interface MeetingParts {
  readonly attendees: readonly AttendeeRow[];
  readonly placements: readonly PlacementRow[];
  readonly claims: readonly ClaimRow[];
  readonly mails: readonly MailRow[];
}
