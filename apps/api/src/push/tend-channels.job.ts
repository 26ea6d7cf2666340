import { Injectable, Logger } from '@nestjs/common';
import { addMilliseconds, Clock, DomainError, isSyncable, type Instant, type Uuid } from '@daymark/domain';
import { errorTreatment, ProviderError, pushRefusals } from '@daymark/provider-contract';
import type { Calendar } from '../calendars/calendar.ts';
import { CalendarsRepository } from '../calendars/calendars.repository.ts';
import type { Connection } from '../connections/connection.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { problemOf, storedError, type DescribedError } from '../connections/provider-problem.ts';
import { Database, type Transaction } from '../database/database.ts';
import { LogContext } from '../http/log-context.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { Chance } from '../ports/ports.ts';
import { Dues } from '../sync/dues.ts';
import { ChannelCalls } from './channel-calls.ts';
import type { Channel } from './channel.ts';
import { ChannelsRepository, type Tended, type Tending } from './channels.repository.ts';
import { planChannels } from './plan-channels.ts';
import { pushBackOffMs } from './push-back-off.ts';
import { PushOffer } from './push-offer.ts';

interface Work {
  readonly tending: Tending;
  readonly calendar: Calendar;
  readonly connection: Connection;
  readonly channels: readonly Channel[];
}

/** The channel to go on with, if any, and those that it leaves over. */
interface Opened {
  readonly kept: Channel | null;
  readonly replaced: readonly Channel[];
}

/** Brings the channels of one calendar to what is wanted: one that lives, or none. What fails is tried again later; polling goes on. */
@Injectable()
export class TendChannelsJob implements JobHandler {
  readonly queue = 'tend-channels';
  readonly concurrency = 4;
  readonly #logger = new Logger('Channels');

  constructor(
    private readonly database: Database,
    private readonly calendars: CalendarsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly channels: ChannelsRepository,
    private readonly calls: ChannelCalls,
    private readonly offer: PushOffer,
    private readonly dues: Dues,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly logContext: LogContext,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, calendarId }: JobIds): Promise<void> {
    const work = await this.database.withTenant(tenantId, (tx) => this.#begin(tx, { tenantId, calendarId: calendarId! }));
    if (work === null) return;
    this.logContext.add({ connectionId: work.connection.id });
    const tended = await this.#tend(work);
    await this.database.withTenant(tenantId, (tx) => this.channels.finish(tx, work.tending, tended));
  }

  async #begin(tx: Transaction, { tenantId, calendarId }: { tenantId: Uuid; calendarId: Uuid }): Promise<Work | null> {
    const calendar = await this.calendars.find(tx, calendarId);
    const connection = calendar === null ? null : await this.connections.find(tx, calendar.connectionId);
    if (calendar === null || connection === null || !mayBeAsked(connection)) return null;
    const isWanted = this.#wants(connection, calendar);
    const tending = await this.channels.take(tx, { tenantId, calendarId, isWanted });
    return tending === null ? null : { tending, calendar, connection, channels: await this.channels.ofCalendar(tx, calendarId) };
  }

  /** The same as the door of the tick says. */
  #wants({ status, isSyncEnabled, push, provider }: Connection, calendar: Calendar): boolean {
    const isRead = isSyncable(status) && isSyncEnabled && calendar.status === 'active' && calendar.isActive;
    return isRead && push === 'auto' && this.offer.refusal(provider) === null;
  }

  async #tend(work: Work): Promise<Tended> {
    const { tending, connection } = work;
    const plan = planChannels(work.channels, { isWanted: tending.isWanted, now: this.clock.now() });
    await this.database.withTenant(tending.tenantId, (tx) =>
      this.channels.remove(
        tx,
        plan.forget.map(({ id }) => id),
      ),
    );
    try {
      const { kept, replaced } = await this.#open(work, plan.main);
      for (const channel of [...replaced, ...plan.end]) await this.#end(connection, channel);
      const left = [...(kept === null ? [] : [kept.renewAt]), ...plan.await.map(({ expiresAt }) => expiresAt)];
      return { next: left.length === 0 ? null : (Math.min(...left) as Instant), failureCount: 0, lastError: null };
    } catch (error) {
      return this.#failed(tending, error);
    }
  }

  async #open({ calendar, connection }: Work, main: ReturnType<typeof planChannels>['main']): Promise<Opened> {
    switch (main.do) {
      case 'nothing':
        return { kept: null, replaced: [] };
      case 'keep':
        return { kept: main.channel, replaced: [] };
      case 'subscribe':
        return { kept: await this.#openAnew(connection, calendar), replaced: [] };
      case 'renew':
        return this.#renew({ calendar, connection }, main.channel);
    }
  }

  async #renew({ calendar, connection }: Pick<Work, 'calendar' | 'connection'>, channel: Channel): Promise<Opened> {
    try {
      const kept = await this.calls.renew(connection, calendar, channel);
      return { kept, replaced: kept.id === channel.id ? [] : [channel] };
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'not-found') throw error;
      await this.database.withTenant(calendar.tenantId, (tx) => this.channels.remove(tx, [channel.id]));
      return { kept: await this.#openAnew(connection, calendar), replaced: [] };
    }
  }

  /** What changed while no channel was open nobody has told: the calendar is looked at. */
  async #openAnew(connection: Connection, calendar: Calendar): Promise<Channel> {
    const channel = await this.calls.subscribe(connection, calendar);
    const { tenantId, id } = calendar;
    await this.database.withTenant(tenantId, (tx) => this.dues.add(tx, { tenantId, calendarId: id, trigger: 'notice' }));
    return channel;
  }

  /** One that the service will not end is left to expire; one that cannot be asked now is tried again. */
  async #end(connection: Connection, channel: Channel): Promise<void> {
    try {
      await this.calls.end(connection, channel);
    } catch (error) {
      if (!(error instanceof ProviderError) || errorTreatment[error.code] === 'wait') throw error;
      this.#logger.warn({ code: error.code, reason: error.reason }, 'a channel could not be ended; it is left to expire');
      await this.database.withTenant(connection.tenantId, (tx) => this.channels.remove(tx, [channel.id]));
    }
  }

  #failed({ failureCount: before, lastError }: Tending, error: unknown): Tended {
    if (!(error instanceof ProviderError || error instanceof DomainError)) throw error;
    const failureCount = before + 1;
    const now = this.clock.now();
    const waitMs = pushBackOffMs(error, { failures: failureCount, upTo: (bound) => this.chance.upTo(bound) });
    this.#logger.warn({ code: error.code, failureCount, waitMs }, 'the channels of a calendar are not as they should be');
    return { next: addMilliseconds(now, waitMs), failureCount, lastError: storedError(lastError, { problem: problemOfPush(error), now }) };
  }
}

/** Of an account whose grant is lost or given back nothing is asked. */
function mayBeAsked({ status }: Connection): boolean {
  return isSyncable(status) || status === 'paused';
}

function problemOfPush(error: ProviderError | DomainError): DescribedError {
  const problem = problemOf(error);
  if (!(error instanceof ProviderError) || error.problem !== null || errorTreatment[error.code] !== 'set-aside') return problem;
  return { ...problem, code: error.reason === pushRefusals.address ? 'push-unreachable' : 'push-refused' };
}
