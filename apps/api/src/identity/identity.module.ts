import { Global, Module } from '@nestjs/common';
import { Accounts } from './accounts.ts';
import { ApiKeysController } from './api-keys.controller.ts';
import { ApiKeysRepository } from './api-keys.repository.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { DemoFiles } from './demo-files.ts';
import { FirstStart } from './first-start.ts';
import { Invitations } from './invitations.ts';
import { PreferencesService } from './preferences.service.ts';
import { ResourcesController } from './resources.controller.ts';
import { ResourcesRepository } from './resources.repository.ts';
import { ResourcesService } from './resources.service.ts';
import { SessionAnswer } from './session-answer.ts';
import { SessionsController } from './sessions.controller.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { SessionsService } from './sessions.service.ts';
import { SignInController } from './sign-in.controller.ts';
import { SignInService } from './sign-in.service.ts';
import { SignInStates } from './sign-in-states.ts';
import { SettingsController } from './settings.controller.ts';
import { TenantSettings } from './tenant-settings.ts';
import { TenantsController } from './tenants.controller.ts';
import { TenantsService } from './tenants.service.ts';
import { UsersController } from './users.controller.ts';
import { UsersRepository } from './users.repository.ts';
import { UsersService } from './users.service.ts';

/** Accounts, tenants, users, sessions and keys. */
@Global()
@Module({
  controllers: [
    SessionsController,
    SignInController,
    UsersController,
    ResourcesController,
    ApiKeysController,
    TenantsController,
    SettingsController,
  ],
  providers: [
    Accounts,
    ApiKeysRepository,
    ApiKeysService,
    DemoFiles,
    FirstStart,
    Invitations,
    PreferencesService,
    ResourcesRepository,
    ResourcesService,
    SessionAnswer,
    SessionsRepository,
    SessionsService,
    SignInService,
    SignInStates,
    TenantSettings,
    TenantsService,
    UsersRepository,
    UsersService,
  ],
  exports: [
    Accounts,
    ApiKeysService,
    FirstStart,
    Invitations,
    SessionAnswer,
    SessionsService,
    TenantSettings,
    TenantsService,
    UsersRepository,
    UsersService,
  ],
})
export class IdentityModule {}
