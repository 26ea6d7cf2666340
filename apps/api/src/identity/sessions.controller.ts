import { Controller, Req, Res } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { Secret } from '@daymark/domain';
import type { Request, Response } from 'express';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { checkedId } from '../http/path-ids.ts';
import { SessionAnswer } from './session-answer.ts';
import { SessionsService } from './sessions.service.ts';

@Controller()
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly answer: SessionAnswer,
  ) {}

  @Mount(operations.getSession)
  get(@CalledBy() caller: Caller, @Req() request: Request) {
    return this.sessions.describe(caller, this.answer.tokenOf(request));
  }

  @Mount(operations.deleteSession)
  async delete(@CalledBy() caller: Caller, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.end(caller);
    this.answer.take(response);
  }

  @Mount(operations.switchTenant)
  async switchTenant(
    @CalledBy() caller: Caller,
    @Input() { body }: InputOf<typeof operations.switchTenant>,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { token, session } = await this.sessions.switchTenant(caller, checkedId('tenant', body.tenant_id));
    this.answer.give(response, token);
    return session;
  }

  @Mount(operations.signInWithLink)
  async signInWithLink(@Input() { query }: InputOf<typeof operations.signInWithLink>, @Res() response: Response): Promise<void> {
    this.answer.give(response, await this.sessions.useLink(new Secret(query.token)));
    this.answer.goOn(response, '/');
  }
}
