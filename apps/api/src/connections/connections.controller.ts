import { Controller, Req, Res } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import type { Request, Response } from 'express';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { ManualRuns } from '../sync/manual-runs.ts';
import { AuthorizationService } from './authorization.service.ts';
import { ConnectionTester } from './connection-test.ts';
import { ConnectionsService } from './connections.service.ts';
import { OAuthCallback } from './oauth-callback.ts';
import { OAuthExchange } from './oauth-exchange.ts';

@Controller()
export class ConnectionsController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly authorization: AuthorizationService,
    private readonly exchange: OAuthExchange,
    private readonly callback: OAuthCallback,
    private readonly tester: ConnectionTester,
    private readonly runs: ManualRuns,
  ) {}

  @Mount(operations.authorizeConnection)
  authorize(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.authorizeConnection>) {
    return this.authorization.authorize(caller, {
      provider: body.provider,
      accessProfile: body.access_profile,
      userId: body.user_id,
      loginHint: body.login_hint,
      returnUrl: body.return_url,
      directory: body.directory,
    });
  }

  @Mount(operations.exchangeOauthCode)
  exchangeCode(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.exchangeOauthCode>) {
    return this.exchange.finish(caller, body);
  }

  @Mount(operations.finishConnecting)
  async finish(
    @Req() request: Request,
    @Input() { params, query }: InputOf<typeof operations.finishConnecting>,
    @Res() response: Response,
  ): Promise<void> {
    response.redirect(302, await this.callback.finish(request, { provider: params.provider, query }));
  }

  @Mount(operations.listConnections)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listConnections>) {
    return this.connections.list(caller, query);
  }

  @Mount(operations.getConnection)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getConnection>) {
    return this.connections.get(caller, pathId('connection', params.connection_id));
  }

  @Mount(operations.updateConnection)
  update(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updateConnection>) {
    return this.connections.update(caller, pathId('connection', params.connection_id), { patch: body, ifVersion });
  }

  @Mount(operations.deleteConnection)
  disconnect(@CalledBy() caller: Caller, @Input() { params, ifVersion }: InputOf<typeof operations.deleteConnection>) {
    return this.connections.disconnect(caller, pathId('connection', params.connection_id), ifVersion);
  }

  @Mount(operations.reauthorizeConnection)
  async reauthorize(@CalledBy() caller: Caller, @Input() { params, body }: InputOf<typeof operations.reauthorizeConnection>) {
    const connection = await this.connections.find(caller, pathId('connection', params.connection_id));
    return this.authorization.reauthorize(caller, connection, { accessProfile: body.access_profile, returnUrl: body.return_url });
  }

  @Mount(operations.testConnection)
  async test(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.testConnection>) {
    return this.tester.test(await this.connections.requireConnected(caller, pathId('connection', params.connection_id)));
  }

  @Mount(operations.refreshConnection)
  refresh(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.refreshConnection>) {
    return this.connections.refresh(caller, pathId('connection', params.connection_id));
  }

  @Mount(operations.syncConnection)
  sync(@CalledBy() caller: Caller, @Input() { params, body }: InputOf<typeof operations.syncConnection>) {
    return this.runs.ofConnection(caller, pathId('connection', params.connection_id), { mode: body.mode });
  }
}
