import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { EventChanges } from './event-changes.ts';
import { EventCreation } from './event-creation.ts';
import { EventsService } from './events.service.ts';

@Controller()
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly creation: EventCreation,
    private readonly changes: EventChanges,
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
    return this.changes.update(caller, pathId('event', params.event_id), { patch: body, query, ifVersion });
  }

  @Mount(operations.deleteEvent)
  delete(@CalledBy() caller: Caller, @Input() { params, query, ifVersion }: InputOf<typeof operations.deleteEvent>) {
    return this.changes.delete(caller, pathId('event', params.event_id), { query, ifVersion });
  }

  @Mount(operations.listEventInstances)
  instances(@CalledBy() caller: Caller, @Input() { params, query }: InputOf<typeof operations.listEventInstances>) {
    return this.events.instances(caller, pathId('event', params.event_id), query);
  }
}
