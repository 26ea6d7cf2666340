import { randomBytes, randomInt, randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock, IdSource, instant, type Instant, type Uuid } from '@daymark/domain';
import { Chance, Timers } from './ports.ts';

export class SystemClock extends Clock {
  override now(): Instant {
    return instant(Date.now());
  }
}

export class SystemIds extends IdSource {
  override next(): Uuid {
    return randomUUIDv7() as Uuid;
  }
}

export class SystemChance extends Chance {
  override upTo(bound: number): number {
    return bound <= 1 ? 0 : randomInt(Math.ceil(bound));
  }

  override bytes(count: number): Buffer {
    return randomBytes(count);
  }
}

export class SystemTimers extends Timers {
  override async wait(ms: number, signal?: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal });
  }
}
