import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import type { Addressed } from './change-targets.ts';
import { EventChanges } from './event-changes.ts';
import { EventDeletions } from './event-deletions.ts';
import { EventCreation } from './event-creation.ts';
import { EventsService } from './events.service.ts';

@Controller()
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly creation: EventCreation,
    private readonly changes: EventChanges,
    private readonly deletions: EventDeletions,
  ) {}

  @Mount(operations.listEvents)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listEvents>) {
    return this.events.list(caller, query);
  }

  @Mount(operations.listUpcomingEvents)
  upcoming(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listUpcomingEvents>) {
    return this.events.upcoming(caller, query);
  }

  @Mount(operations.createEvent)
  create(@CalledBy() caller: Caller, @Input() { query, body }: InputOf<typeof operations.createEvent>) {
    return this.creation.create(caller, { body, notify: query.notify });
  }

  @Mount(operations.getEvent)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getEvent>) {
    return this.events.get(caller, pathId('event', params.event_id));
  }

  @Mount(operations.updateEvent)
  update(@CalledBy() caller: Caller, @Input() { params, query, body, ifVersion }: InputOf<typeof operations.updateEvent>) {
    return this.changes.update(caller, addressed(params, query, ifVersion), { patch: body, notify: query.notify });
  }

  @Mount(operations.deleteEvent)
  delete(@CalledBy() caller: Caller, @Input() { params, query, ifVersion }: InputOf<typeof operations.deleteEvent>) {
    return this.deletions.delete(caller, addressed(params, query, ifVersion), { notify: query.notify, comment: query.comment ?? null });
  }

  @Mount(operations.listEventInstances)
  instances(@CalledBy() caller: Caller, @Input() { params, query }: InputOf<typeof operations.listEventInstances>) {
    return this.events.instances(caller, pathId('event', params.event_id), query);
  }
}

function addressed(
  params: { readonly event_id: string },
  { scope, original_start }: InputOf<typeof operations.deleteEvent>['query'],
  ifVersion: number | null,
): Addressed {
  return { id: pathId('event', params.event_id), scope, originalStart: original_start ?? null, ifVersion };
}
