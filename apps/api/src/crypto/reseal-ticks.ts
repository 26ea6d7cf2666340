import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';
import { Envelope } from './envelope.ts';

const AT_MOST = 500;

interface SealedOtherwise {
  /** Null for people who are just signing in. */
  readonly tenant_id: Uuid | null;
  /** Answers and set-aside events. */
  readonly kept: number;
  /** People on their way through a provider's consent page; they are waited for, ten minutes at most. */
  readonly states: number;
}

/** After a rotation of keys: what an older key sealed is sealed again, until nothing needs that key; the log says when. */
@Injectable()
export class ResealTicks implements OnApplicationBootstrap {
  readonly #logger = new Logger('Keys');
  readonly #ticks = new TickGuard(this.#logger);
  #isDone = false;
  #missing = '';

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly envelope: Envelope,
    private readonly clock: Clock,
  ) {}

  /** A start without a key that is needed is no failure, but nothing works that needs it: it is said at once. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#ticks.run('keys that are missing', () => this.#tellMissing());
  }

  @Interval(60_000)
  async reseal(): Promise<void> {
    await this.#ticks.run('values to reseal', async () => {
      await this.#tellMissing();
      const grants = await this.#resealGrants();
      // Without an older key there is nothing that could open what another key sealed.
      if (this.envelope.olderKeyIds.length === 0) return;
      const others = await this.#resealKept();
      const sum = (count: (one: SealedOtherwise) => number): number => others.reduce((total, one) => total + count(one), 0);
      this.#tell({ grants, kept: sum(({ kept }) => kept), states: sum(({ states }) => states) });
    });
  }

  async #tellMissing(): Promise<void> {
    const missing = await this.database.door<{ key_id: string; grants: number }>('door_missing_keys', this.envelope.keyIds);
    const seen = missing.map(({ key_id }) => key_id).join(' ');
    if (seen !== this.#missing && seen !== '')
      this.#logger.error(
        { missing: missing.map(({ key_id, grants }) => ({ key: key_id, accounts: grants })) },
        'accounts are sealed with keys that DAYMARK_ENCRYPTION_KEYS does not name; put the keys back and restart',
      );
    this.#missing = seen;
  }

  async #resealGrants(): Promise<number> {
    const waiting = await this.database.door<{ tenant_id: Uuid; grant_id: Uuid }>(
      'door_grants_sealed_otherwise',
      this.envelope.currentKeyId,
      AT_MOST,
    );
    for (const { tenant_id, grant_id } of waiting)
      await this.jobs.enqueueNow('reseal-grants', { tenantId: tenant_id, grantId: grant_id }, grant_id);
    return waiting.length;
  }

  async #resealKept(): Promise<readonly SealedOtherwise[]> {
    const waiting = await this.database.door<SealedOtherwise>(
      'door_kept_sealed_otherwise',
      this.envelope.currentKeyId,
      toTimestamp(this.clock.now()),
    );
    for (const { tenant_id, kept } of waiting)
      if (tenant_id !== null && kept > 0) await this.jobs.enqueueNow('reseal-kept', { tenantId: tenant_id }, tenant_id);
    return waiting;
  }

  #tell(waiting: { readonly grants: number; readonly kept: number; readonly states: number }): void {
    const key = this.envelope.currentKeyId;
    const isDone = waiting.grants + waiting.kept + waiting.states === 0;
    if (!isDone) this.#logger.log({ waiting, key }, 'what an older key sealed is sealed anew; keep the older keys until none waits');
    else if (!this.#isDone) this.#logger.log({ key }, 'everything is sealed with the first key; older ones can be taken away');
    this.#isDone = isDone;
  }
}
