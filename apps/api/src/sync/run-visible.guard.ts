import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { CalledRequest } from '../http/caller.ts';
import { pathId } from '../http/path-ids.ts';
import { SyncService } from './sync.service.ts';

/** Asks for the run before its stream is opened: once a stream has begun its status can no longer be 404. */
@Injectable()
export class RunVisibleGuard implements CanActivate {
  constructor(private readonly sync: SyncService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CalledRequest>();
    await this.sync.getRun(request.caller!, pathId('run', String(request.params['run_id'])));
    return true;
  }
}
