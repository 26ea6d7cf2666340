import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { MeetingMessagesService } from './meeting-messages.service.ts';

@Controller()
export class RemindingController {
  constructor(private readonly messages: MeetingMessagesService) {}

  @Mount(operations.listMeetingDeliveries)
  listDeliveries(@CalledBy() caller: Caller, @Input() { params, query }: InputOf<typeof operations.listMeetingDeliveries>) {
    return this.messages.listDeliveries(caller, pathId('meeting', params.meeting_id), query);
  }

  @Mount(operations.listMeetingReminders)
  listReminders(@CalledBy() caller: Caller, @Input() { params, query }: InputOf<typeof operations.listMeetingReminders>) {
    return this.messages.listReminders(caller, pathId('meeting', params.meeting_id), query);
  }
}
