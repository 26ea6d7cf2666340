import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { AuditEventsService } from './audit-events.service.ts';
import { ChangeFeed } from './change-feed.service.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { ErasuresService } from './erasures.service.ts';

@Controller()
export class AuditController {
  constructor(
    private readonly events: AuditEventsService,
    private readonly feed: ChangeFeed,
    private readonly letters: DeadLettersService,
    private readonly erasures: ErasuresService,
  ) {}

  @Mount(operations.listAuditEvents)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listAuditEvents>) {
    return this.events.list(caller, query);
  }

  @Mount(operations.verifyAuditEvents)
  verify(@CalledBy() caller: Caller) {
    return this.events.verify(caller);
  }

  @Mount(operations.createErasure)
  erase(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createErasure>) {
    return this.erasures.create(caller, body);
  }

  @Mount(operations.listChanges)
  changes(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listChanges>) {
    return this.feed.list(caller, query);
  }

  @Mount(operations.listDeadLetters)
  listDeadLetters(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listDeadLetters>) {
    return this.letters.list(caller, query);
  }

  @Mount(operations.replayDeadLetter)
  replayDeadLetter(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.replayDeadLetter>) {
    return this.letters.replay(caller, pathId('job', params.dead_letter_id));
  }
}
