import { Injectable, Logger } from '@nestjs/common';
import { DomainError, type Uuid } from '@daymark/domain';
import { ProviderRegistry, type PushClaim, type PushDelivery } from '@daymark/provider-contract';
import { Timers } from '../ports/ports.ts';
import { NoticeBatches } from './notice-batches.ts';
import { noticesTotal } from './push-metrics.ts';

/** What is answered: with text as it stands, or with nothing. */
export interface NoticeAnswer {
  readonly status: 200 | 202;
  readonly text: string | null;
}

/** Services wait three seconds at least; later they take us for slow, and what is committed then comes once more. */
const PATIENCE_MS = 2500;
const CHANNEL_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TAKEN: NoticeAnswer = { status: 202, text: null };

/** Judges what comes to the addresses of channels. Nothing of it is trusted but "look". */
@Injectable()
export class NoticesService {
  readonly #logger = new Logger('Notices');

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly batches: NoticeBatches,
    private readonly timers: Timers,
  ) {}

  /** @throws DomainError `not-found` for a service that tells of nothing here; `not-ready` when it could not be written down. */
  async receive(delivery: PushDelivery, { provider, channel }: { provider: string; channel: string }): Promise<NoticeAnswer> {
    const receiver = this.registry.find(provider)?.push;
    if (receiver === undefined) throw new DomainError('not-found', 'Nobody tells of changes here.');
    const count = (outcome: string): void => noticesTotal.inc({ provider, outcome });
    const reading = receiver.read(delivery);
    switch (reading.kind) {
      case 'challenge':
        count('challenge');
        return { status: 200, text: reading.answer };
      case 'unreadable':
        count('unreadable');
        this.#logger.debug({ provider, reason: reading.reason }, 'a notice could not be read');
        return TAKEN;
      case 'claims':
        if (reading.claims.length === 0) count('greeting');
        for (const judgement of await this.#take(reading.claims, { provider, channel })) count(judgement);
        return TAKEN;
    }
  }

  async #take(claims: readonly PushClaim[], { provider, channel }: { provider: string; channel: string }) {
    if (!CHANNEL_ID.test(channel)) return claims.map(() => 'unknown' as const);
    const channelId = channel as Uuid;
    const patience = new AbortController();
    try {
      return await Promise.race([
        this.batches.take(claims.map((claim) => ({ ...claim, provider, channelId }))),
        this.timers.wait(PATIENCE_MS, patience.signal).then(() => Promise.reject(new Error('the database takes too long'))),
      ]);
    } catch (error) {
      this.#logger.warn({ error }, 'a notice was not taken; the service repeats it');
      throw new DomainError('not-ready', 'The notice could not be written down at the moment.', { retry_after: 1 }, { cause: error });
    } finally {
      patience.abort();
    }
  }
}
