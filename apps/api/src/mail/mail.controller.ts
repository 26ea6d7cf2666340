import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { TestMailService } from './test-mail.service.ts';

@Controller()
export class MailController {
  constructor(private readonly tests: TestMailService) {}

  @Mount(operations.testMail)
  test(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.testMail>) {
    return this.tests.send(caller, body);
  }
}
