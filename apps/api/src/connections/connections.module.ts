import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { APP_DATA_SOURCE } from '../database/data-source-options.ts';
import { UserOffboarding } from '../identity/user-offboarding.ts';
import { AccessTokens } from './access-tokens.ts';
import { AccountGates } from './account-gates.ts';
import { AdminConsent } from './admin-consent.ts';
import { AuthorizationService } from './authorization.service.ts';
import { ConnectionHealth } from './connection-health.ts';
import { ConnectionTester } from './connection-test.ts';
import { ConnectionEntity } from './connection.entity.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ConnectionsOffboarding } from './connections-offboarding.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { ConnectionsService } from './connections.service.ts';
import { ConsentedAccounts } from './consented-accounts.ts';
import { EndConnectionJob } from './end-connection.job.ts';
import { Grant } from './grant.entity.ts';
import { GrantsRepository } from './grants.repository.ts';
import { ListCalendarsJob } from './list-calendars.job.ts';
import { OAuthCallback } from './oauth-callback.ts';
import { OAuthExchange } from './oauth-exchange.ts';
import { OAuthStatesRepository } from './oauth-states.repository.ts';
import { PendingConnections } from './pending-connections.ts';
import { ProviderCalls } from './provider-calls.ts';
import { ProvidersController } from './providers.controller.ts';
import { ProvidersService } from './providers.service.ts';
import { RefreshGrantJob } from './refresh-grant.job.ts';
import { RequestBudgets } from './request-budgets.ts';
import { ResealGrantsJob } from './reseal-grants.job.ts';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ConnectionEntity, Grant], APP_DATA_SOURCE)],
  controllers: [ConnectionsController, ProvidersController],
  providers: [
    AccessTokens,
    AccountGates,
    RequestBudgets,
    AdminConsent,
    AuthorizationService,
    ConnectionHealth,
    ConnectionTester,
    ConnectionsRepository,
    ConnectionsService,
    ConsentedAccounts,
    EndConnectionJob,
    GrantsRepository,
    ListCalendarsJob,
    OAuthCallback,
    OAuthExchange,
    OAuthStatesRepository,
    PendingConnections,
    ProviderCalls,
    ProvidersService,
    RefreshGrantJob,
    ResealGrantsJob,
    { provide: UserOffboarding, useClass: ConnectionsOffboarding },
  ],
  exports: [
    AccessTokens,
    AuthorizationService,
    ConnectionHealth,
    ConnectionsRepository,
    ConnectionsService,
    ConsentedAccounts,
    GrantsRepository,
    OAuthStatesRepository,
    PendingConnections,
    ProviderCalls,
    UserOffboarding,
  ],
})
export class ConnectionsModule {}
