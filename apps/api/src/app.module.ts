import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ProviderRegistry } from '@daymark/provider-contract';
import { GoogleProviderModule } from '@daymark/provider-google';
import { OutlookProviderModule } from '@daymark/provider-outlook';
import { AuditModule } from './audit/audit.module.ts';
import { AvailabilityModule } from './availability/availability.module.ts';
import { MeetingsModule } from './meetings/meetings.module.ts';
import { RemindingModule } from './reminding/reminding.module.ts';
import { CalendarsModule } from './calendars/calendars.module.ts';
import { CONFIGURATION, type Configuration } from './config/config.ts';
import { ConnectionsModule } from './connections/connections.module.ts';
import { CryptoModule } from './crypto/crypto.module.ts';
import { DatabaseModule } from './database/database.module.ts';
import { EventsModule } from './events/events.module.ts';
import { HttpModule } from './http/http.module.ts';
import { IdentityModule } from './identity/identity.module.ts';
import { InsightsModule } from './insights/insights.module.ts';
import { JobsModule } from './jobs/jobs.module.ts';
import { MailModule } from './mail/mail.module.ts';
import { OutboundModule } from './outbound/outbound.module.ts';
import { PlacementsModule } from './placements/placements.module.ts';
import { PortsModule } from './ports/ports.module.ts';
import { PushModule } from './push/push.module.ts';
import { RetentionModule } from './retention/retention.module.ts';
import { SchedulesModule } from './schedules/schedules.module.ts';
import { SetupLinksModule } from './setup-links/setup-links.module.ts';
import { SyncModule } from './sync/sync.module.ts';

const ground = [PortsModule, CryptoModule, DatabaseModule, JobsModule, OutboundModule, HttpModule, AuditModule];
const features = [IdentityModule, ConnectionsModule, SetupLinksModule, CalendarsModule, SyncModule, PushModule, MailModule, SchedulesModule, InsightsModule, PlacementsModule, EventsModule, AvailabilityModule, MeetingsModule, RetentionModule];

/** The calendar services: a line each, and one in `config/provider-settings.ts`. */
const providers = (configuration: Configuration): DynamicModule[] => [
  GoogleProviderModule.register(configuration.google),
  OutlookProviderModule.register(configuration.outlook),
];

/** Everything that is installed. */
@Module({})
export class AppModule {
  static with(configuration: Configuration): DynamicModule {
    const works = configuration.role !== 'web';
    return {
      module: AppModule,
      global: true,
      imports: [ScheduleModule.forRoot({ intervals: works, cronJobs: works, timeouts: works }), ...ground, ...providers(configuration), RemindingModule.register(configuration), ...features],
      providers: [{ provide: CONFIGURATION, useValue: configuration }, ProviderRegistry],
      exports: [CONFIGURATION, ProviderRegistry],
    };
  }
}
