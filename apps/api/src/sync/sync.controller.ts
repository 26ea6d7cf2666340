import { Controller, Sse, UseGuards } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { RunVisibleGuard } from './run-visible.guard.ts';
import { RunStream } from './run-stream.ts';
import { SyncService } from './sync.service.ts';

@Controller()
export class SyncController {
  constructor(
    private readonly sync: SyncService,
    private readonly streams: RunStream,
  ) {}

  @Mount(operations.getSyncStatus)
  status(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.getSyncStatus>) {
    return this.sync.status(caller, query);
  }

  @Mount(operations.createSyncRun)
  start(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createSyncRun>) {
    return this.sync.start(caller, body);
  }

  @Mount(operations.listSyncRuns)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listSyncRuns>) {
    return this.sync.listRuns(caller, query);
  }

  @Mount(operations.getSyncRun)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getSyncRun>) {
    return this.sync.getRun(caller, pathId('run', params.run_id));
  }

  @Mount(operations.streamSyncRun)
  @UseGuards(RunVisibleGuard)
  @Sse('/v1/sync/runs/:run_id/stream')
  stream(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.streamSyncRun>) {
    return this.streams.open(caller, pathId('run', params.run_id));
  }
}
