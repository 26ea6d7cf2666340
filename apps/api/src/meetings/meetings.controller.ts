import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { BookingService } from './booking.service.ts';
import { MeetingsService } from './meetings.service.ts';
import { ReschedulingService } from './rescheduling.service.ts';

@Controller()
export class MeetingsController {
  constructor(
    private readonly booking: BookingService,
    private readonly meetings: MeetingsService,
    private readonly rescheduling: ReschedulingService,
  ) {}

  @Mount(operations.createMeeting)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createMeeting>) {
    return this.booking.book(caller, body);
  }

  @Mount(operations.quickBook)
  quickBook(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.quickBook>) {
    return this.booking.quickBook(caller, body);
  }

  @Mount(operations.listMeetings)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listMeetings>) {
    return this.meetings.list(caller, query);
  }

  @Mount(operations.getMeeting)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getMeeting>) {
    return this.meetings.get(caller, pathId('meeting', params.meeting_id));
  }

  @Mount(operations.updateMeeting)
  update(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updateMeeting>) {
    return this.rescheduling.update(caller, pathId('meeting', params.meeting_id), { patch: body, ifVersion });
  }

  @Mount(operations.cancelMeeting)
  cancel(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.cancelMeeting>) {
    return this.meetings.cancel(caller, pathId('meeting', params.meeting_id), { body, ifVersion });
  }

  @Mount(operations.listMeetingSteps)
  steps(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.listMeetingSteps>) {
    return this.meetings.steps(caller, pathId('meeting', params.meeting_id));
  }
}
