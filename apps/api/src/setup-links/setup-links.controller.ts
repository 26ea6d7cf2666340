import { Controller, Res } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { Secret } from '@daymark/domain';
import type { Response } from 'express';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { SetupLinksService } from './setup-links.service.ts';
import { SetupVisitors } from './setup-visitors.ts';
import { SetupVisits } from './setup-visits.service.ts';

@Controller()
export class SetupLinksController {
  constructor(
    private readonly links: SetupLinksService,
    private readonly visits: SetupVisits,
    private readonly visitors: SetupVisitors,
  ) {}

  @Mount(operations.listSetupLinks)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listSetupLinks>) {
    return this.links.list(caller, query);
  }

  @Mount(operations.createSetupLink)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createSetupLink>) {
    return this.links.create(caller, body);
  }

  @Mount(operations.getSetupLink)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getSetupLink>) {
    return this.links.get(caller, pathId('setupLink', params.setup_link_id));
  }

  @Mount(operations.revokeSetupLink)
  revoke(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.revokeSetupLink>) {
    return this.links.revoke(caller, pathId('setupLink', params.setup_link_id));
  }

  @Mount(operations.openSetupLink)
  open(@Input() { body }: InputOf<typeof operations.openSetupLink>, @Res({ passthrough: true }) response: Response) {
    response.setHeader('Cache-Control', 'no-store');
    return this.visits.open(new Secret(body.token));
  }

  @Mount(operations.authorizeSetupLink)
  async authorize(@Input() { body }: InputOf<typeof operations.authorizeSetupLink>, @Res({ passthrough: true }) response: Response) {
    response.setHeader('Cache-Control', 'no-store');
    const token = new Secret(body.token);
    const authorization = await this.visits.authorize(token, body.provider);
    this.visitors.remember(response, token);
    return authorization;
  }
}
