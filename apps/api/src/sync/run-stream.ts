import { Injectable } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { Uuid } from '@daymark/domain';
import type { Caller } from '../http/caller.ts';
import { Timers } from '../ports/ports.ts';
import { isOver } from './run-view.ts';
import { SyncService } from './sync.service.ts';

const LOOK_EVERY_MS = 300;
const LONGEST_LOOKS = 2000;

/** A run while it goes on: an event at every change, until it is over. Runs may be worked on elsewhere, so their row is watched. */
@Injectable()
export class RunStream {
  constructor(
    private readonly sync: SyncService,
    private readonly timers: Timers,
  ) {}

  open(caller: Caller, id: Uuid): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      const stopped = new AbortController();
      this.#watch(caller, id, { signal: stopped.signal, tell: (run) => subscriber.next({ type: 'run', data: run as object }) }).then(
        () => subscriber.complete(),
        (error: unknown) => (stopped.signal.aborted ? subscriber.complete() : subscriber.error(error)),
      );
      return () => stopped.abort();
    });
  }

  async #watch(caller: Caller, id: Uuid, { signal, tell }: { signal: AbortSignal; tell: (run: unknown) => void }): Promise<void> {
    let told = '';
    for (let look = 0; look < LONGEST_LOOKS && !signal.aborted; look += 1) {
      const run = await this.sync.getRun(caller, id);
      const text = JSON.stringify(run);
      if (text !== told) tell(run);
      told = text;
      if (isOver(run)) return;
      await this.timers.wait(LOOK_EVERY_MS, signal);
    }
  }
}
