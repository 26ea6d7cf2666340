import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { ReminderDispatcher } from './reminder-dispatcher.service.ts';
import { REMINDERS_OPTIONS } from './reminders-options.ts';
import type { RemindersOptions } from './reminders-options.ts';

export interface RemindersModuleOptions extends RemindersOptions {
  /** Modules that export the ports: `ReminderStore`, `MailChannel` and `Clock`. */
  readonly imports?: ModuleMetadata['imports'];
}

/** Sends reminders through the ports of the host. */
@Module({})
export class RemindersModule {
  static register({ imports, ...options }: RemindersModuleOptions): DynamicModule {
    return {
      module: RemindersModule,
      imports: imports ?? [],
      providers: [{ provide: REMINDERS_OPTIONS, useValue: options satisfies RemindersOptions }, ReminderDispatcher],
      exports: [ReminderDispatcher],
    };
  }
}
