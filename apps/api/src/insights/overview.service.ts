import { Injectable } from '@nestjs/common';
import type { Overview, RecoveringItem } from '@daymark/api-contract';
import {
  Clock,
  connectionStatuses,
  formatId,
  formatInstant,
  instant,
  isProblemCode,
  type Instant,
  type ProblemCode,
  type Uuid,
} from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { toInstant } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { attentionItems, type Trouble } from './attention.ts';
import { LostJobs, type LostJob } from './lost-jobs.ts';
import {
  OverviewRepository,
  type ConnectionCount,
  type HeldCalendar,
  type NextMeeting,
  type Steps,
  type SyncNumbers,
  type TroubledConnection,
  type TroubledMail,
  type TroubledPlacement,
} from './overview.repository.ts';

type Upcoming = ReadonlyMap<Uuid, readonly Uuid[]>;

/** What is broken, for whom, and what heals by itself. Administrators see the tenant, members what is theirs. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly database: Database,
    private readonly repository: OverviewRepository,
    private readonly providers: ProviderRegistry,
    private readonly lostJobs: LostJobs,
    private readonly clock: Clock,
  ) {}

  async get(caller: Caller): Promise<Overview> {
    const now = this.clock.now();
    const scope = { userId: seesWholeTenant(caller) ? null : caller.userId, now };
    const lost = scope.userId === null ? await this.lostJobs.of(caller.tenantId) : [];
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const connections = await this.repository.troubledConnections(tx, scope);
      const held = await this.repository.heldCalendars(tx, scope);
      const placements = await this.repository.troubledPlacements(tx, scope);
      const mails = await this.repository.troubledMails(tx, scope);
      const upcoming = await this.repository.upcomingOf(tx, [...new Set([...connections, ...held].map(({ user_id }) => user_id))], now);
      const { due_24h, sent_24h, failed_24h, ...meetings } = await this.repository.counts(tx, scope);
      return {
        as_of: formatInstant(now),
        connections: connectionNumbers(await this.repository.connectionCounts(tx, scope)),
        needs_you: attentionItems([
          ...connections.flatMap((one) => connectionTroubles(one, upcoming)),
          ...held.map((one) => heldTrouble(one, upcoming)),
          ...placements.filter(({ state }) => state === 'failed').map(placementTrouble),
          ...mails.filter(({ state }) => state === 'failed').map(mailTrouble),
          ...lost.map(jobTrouble),
        ]),
        recovering: [
          ...connections.flatMap((one) => recoveringConnection(one, now)),
          ...placements.filter(({ state }) => state === 'waiting').map(recoveringPlacement),
          ...recoveringMails(mails.filter(({ state }) => state === 'sending')),
        ],
        sync: syncNumbers(await this.repository.sync(tx, scope)),
        meetings,
        reminders: { due_24h, sent_24h, failed_24h },
        next_meetings: (await this.repository.nextMeetings(tx, scope)).map(nextMeeting),
        checklist: checklist(await this.repository.steps(tx, scope), this.providers.list().length > 0),
      };
    });
  }
}

/** What was disconnected is told by its status, but counts nowhere, as in the lists of users and tenants. */
function connectionNumbers(counts: readonly ConnectionCount[]): Overview['connections'] {
  const inUse = counts.filter(({ status }) => status !== 'revoked');
  const sum = (some: readonly ConnectionCount[]): number => some.reduce((total, { count }) => total + count, 0);
  const byStatus = Object.fromEntries(connectionStatuses.map((status) => [status, sum(counts.filter((one) => one.status === status))]));
  const byProvider = [...Map.groupBy(inUse, ({ provider }) => provider)].map(([provider, some]) => ({ provider, count: sum(some) }));
  return { total: sum(inUse), by_status: byStatus as Overview['connections']['by_status'], by_provider: byProvider };
}

/** What the person has to do: connect again, look at an error, allow what was not allowed. */
function connectionTroubles(row: TroubledConnection, upcoming: Upcoming): Trouble[] {
  const { provider, label, status, last_error } = row;
  const base = {
    subject: { type: 'connection' as const, id: formatId('connection', row.id), label },
    provider,
    since: last_error === null ? toInstant(row.updated_at) : last_error.firstSeenAt,
    meetingIds: upcoming.get(row.user_id) ?? [],
  };
  if (status === 'expired')
    return [{ ...base, code: 'reauthorization-required', message: last_error?.message ?? 'The service no longer accepts our access.' }];
  const troubles: Trouble[] = [];
  if (status === 'error')
    troubles.push({
      ...base,
      code: knownCode(last_error?.code, 'sync-failed'),
      message: last_error?.message ?? 'Reading failed again and again.',
    });
  if (row.lacks_scopes)
    troubles.push({
      ...base,
      code: 'scope-missing',
      message: 'A permission was not granted when the account was connected.',
      since: toInstant(row.updated_at),
    });
  return troubles;
}

function heldTrouble({ id, user_id, provider, name, held }: HeldCalendar, upcoming: Upcoming): Trouble {
  return {
    subject: { type: 'calendar', id: formatId('calendar', id), label: name },
    provider,
    code: 'sync-held',
    message: `${held.wouldDelete} of ${held.ofLive} events would be deleted.`,
    since: held.since,
    meetingIds: upcoming.get(user_id) ?? [],
  };
}

function placementTrouble(row: TroubledPlacement): Trouble {
  return {
    subject: placementSubject(row),
    provider: row.provider,
    code: knownCode(row.last_error?.code, 'provider-rejected'),
    message: row.last_error?.message ?? 'It could not be written to the calendar.',
    since: row.last_error?.firstSeenAt ?? toInstant(row.updated_at),
    meetingIds: row.meeting_id !== null && row.is_upcoming ? [row.meeting_id] : [],
  };
}

function mailTrouble({ recipient, meeting_id, is_upcoming, error, due_at }: TroubledMail): Trouble {
  return {
    subject: { type: 'mail', id: null, label: recipient },
    provider: null,
    code: 'mail-failed',
    message: error,
    since: toInstant(due_at),
    meetingIds: meeting_id !== null && is_upcoming ? [meeting_id] : [],
  };
}

function jobTrouble({ id, queue, code, failedAt }: LostJob): Trouble {
  return {
    subject: { type: 'job', id: formatId('job', id), label: queue },
    provider: null,
    code: knownCode(code, 'internal'),
    message: 'Background work was given up after its last attempt.',
    since: failedAt,
    meetingIds: [],
  };
}

function recoveringConnection(row: TroubledConnection, now: Instant): RecoveringItem[] {
  const { status, failure_count, last_error, rate_limited_until, next_due_at } = row;
  const isLimited = rate_limited_until !== null && rate_limited_until.getTime() > now;
  if (status !== 'active' || (failure_count === 0 && !isLimited)) return [];
  const tries = [rate_limited_until, next_due_at].flatMap((at) => (at === null ? [] : [at.getTime()]));
  return [
    {
      subject: { type: 'connection', id: formatId('connection', row.id), label: row.label },
      provider: row.provider,
      code: isLimited ? 'provider-rate-limited' : knownCode(last_error?.code, 'sync-failed'),
      message: last_error?.message ?? 'The service asked to slow down.',
      since: formatInstant(last_error?.firstSeenAt ?? toInstant(row.updated_at)),
      next_try_at: tries.length === 0 ? null : formatInstant(instant(Math.max(...tries))),
      attempts: failure_count,
    },
  ];
}

function recoveringPlacement(row: TroubledPlacement): RecoveringItem {
  return {
    subject: placementSubject(row),
    provider: row.provider,
    code: knownCode(row.last_error?.code, 'provider-unavailable'),
    message: row.last_error?.message ?? 'It could not be written to the calendar yet.',
    since: formatInstant(row.last_error?.firstSeenAt ?? toInstant(row.updated_at)),
    next_try_at: row.next_try_at === null ? null : formatInstant(toInstant(row.next_try_at)),
    attempts: row.attempts,
  };
}

/** All mails that wait for the same reason are one. */
function recoveringMails(mails: readonly TroubledMail[]): RecoveringItem[] {
  return [...Map.groupBy(mails, ({ error }) => error)].map(([error, all]): RecoveringItem => {
    const next = all.flatMap(({ next_try_at }) => (next_try_at === null ? [] : [next_try_at.getTime()]));
    const [first] = all;
    return {
      subject: { type: 'mail', id: null, label: all.length === 1 ? first!.recipient : `${first!.recipient} and ${all.length - 1} more` },
      provider: null,
      code: 'mail-failed',
      message: error,
      since: formatInstant(instant(Math.min(...all.map(({ due_at }) => due_at.getTime())))),
      next_try_at: next.length === 0 ? null : formatInstant(instant(Math.min(...next))),
      attempts: Math.max(...all.map(({ attempts }) => attempts)),
    };
  });
}

function placementSubject({ meeting_id, calendar_id, label }: TroubledPlacement): Trouble['subject'] {
  return meeting_id === null
    ? { type: 'calendar', id: formatId('calendar', calendar_id), label }
    : { type: 'meeting', id: formatId('meeting', meeting_id), label };
}

function syncNumbers({ total, failed, lag_p50, lag_max }: SyncNumbers): Overview['sync'] {
  return {
    runs_24h: total,
    failed_runs_24h: failed,
    success_rate_24h: total === 0 ? null : (total - failed) / total,
    lag_seconds_p50: lag_p50,
    lag_seconds_max: lag_max,
  };
}

function nextMeeting({ id, title, status, start_at, end_at, ...rest }: NextMeeting): Overview['next_meetings'][number] {
  return {
    id: formatId('meeting', id),
    title,
    status,
    start: formatInstant(toInstant(start_at)),
    end: formatInstant(toInstant(end_at)),
    ...rest,
  };
}

function checklist(steps: Steps, isProviderConfigured: boolean): Overview['checklist'] {
  const { account_connected, first_sync, hours_set, first_meeting, api_key_made } = steps;
  return [
    { step: 'provider_configured', done: isProviderConfigured },
    { step: 'account_connected', done: account_connected },
    { step: 'first_sync', done: first_sync },
    { step: 'hours_set', done: hours_set },
    { step: 'first_meeting', done: first_meeting },
    { step: 'api_key_made', done: api_key_made },
  ];
}

function knownCode(code: string | undefined, otherwise: ProblemCode): ProblemCode {
  return code !== undefined && isProblemCode(code) ? code : otherwise;
}
