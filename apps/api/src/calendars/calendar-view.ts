import type { Calendar as CalendarView } from '@daymark/api-contract';
import { formatId, formatInstant, type Uuid } from '@daymark/domain';
import { issueOf } from '../connections/connection-view.ts';
import type { StoredError } from '../connections/connection.ts';
import { toInstant } from '../database/columns.ts';
import type { CalendarFilters } from './calendar.ts';

/** A calendar with its connection, as {@link calendarRowSql} reads it. */
export interface CalendarRow {
  readonly id: Uuid;
  readonly connection_id: Uuid;
  readonly user_id: Uuid;
  readonly provider: string;
  readonly account_email: string;
  readonly access_profile: string;
  readonly direction: string;
  readonly remote_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly is_primary: boolean;
  readonly access_role: CalendarView['access_role'];
  readonly zone: CalendarView['time_zone'];
  readonly color: string | null;
  readonly color_override: string | null;
  readonly status: 'active' | 'removed';
  readonly is_active: boolean;
  readonly reads_busy: boolean;
  readonly is_write_target: boolean;
  readonly privacy: CalendarView['privacy'];
  readonly filters: CalendarFilters;
  readonly conference_types: string[];
  readonly events_count: number;
  readonly covered_from: Date | null;
  readonly covered_to: Date | null;
  readonly synced_at: Date | null;
  readonly running_run_id: Uuid | null;
  readonly last_error: StoredError | null;
  readonly provider_data: Record<string, unknown>;
  readonly version: number;
}

/** Everything that a view of calendars needs; `where` continues it. */
export function calendarRowSql(where: string): string {
  return `
    SELECT k.*, n.user_id, n.provider, n.account_email, n.access_profile, n.direction,
      (SELECT count(*)::integer FROM events e WHERE e.calendar_id = k.id AND e.deleted_at IS NULL AND e.status <> 'cancelled') AS events_count,
      CASE WHEN k.run_lease IS NULL THEN NULL ELSE k.run_id END AS running_run_id
    FROM calendars k JOIN connections n ON n.id = k.connection_id
    ${where}`;
}

export function calendarView(row: CalendarRow): CalendarView {
  return {
    id: formatId('calendar', row.id),
    connection_id: formatId('connection', row.connection_id),
    user_id: formatId('user', row.user_id),
    provider: row.provider,
    account_email: row.account_email,
    external_id: row.remote_id,
    name: row.name,
    description: row.description,
    primary: row.is_primary,
    access_role: row.access_role,
    time_zone: row.zone,
    color: row.color_override ?? row.color,
    status: row.status === 'removed' ? 'removed' : row.is_active ? 'active' : 'inactive',
    read_busy: row.reads_busy,
    write_target: row.is_write_target && isWritable(row),
    writable: isWritable(row),
    privacy: row.privacy,
    filters: {
      exclude_private: row.filters.exclude_private ?? false,
      exclude_all_day: row.filters.exclude_all_day ?? false,
      exclude_tentative: row.filters.exclude_tentative ?? false,
    },
    conference_types: row.conference_types,
    events_count: row.events_count,
    covered_from: row.covered_from === null ? null : formatInstant(toInstant(row.covered_from)),
    covered_until: row.covered_to === null ? null : formatInstant(toInstant(row.covered_to)),
    last_success_at: row.synced_at === null ? null : formatInstant(toInstant(row.synced_at)),
    running_run_id: row.running_run_id === null ? null : formatId('run', row.running_run_id),
    last_error: row.last_error === null ? null : issueOf(row.last_error),
    provider_data: row.provider_data,
    version: row.version,
  };
}

/** The account may write there and the connection was given that permission and direction. */
export function isWritable(row: Pick<CalendarRow, 'access_role' | 'access_profile' | 'direction'>): boolean {
  return (
    (row.access_role === 'owner' || row.access_role === 'writer') && row.access_profile === 'read_write' && row.direction === 'two_way'
  );
}
