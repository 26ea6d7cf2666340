import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { APP_DATA_SOURCE, dataSourceOptions, SYSTEM_DATA_SOURCE } from './data-source-options.ts';
import { Database, PlainTransactionRunner, TransactionRunner } from './database.ts';
import { appRole, systemRole } from './roles.ts';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      name: APP_DATA_SOURCE,
      inject: [CONFIGURATION],
      useFactory: (configuration: Configuration) => ({
        ...dataSourceOptions(configuration.databaseUrl, { role: appRole, pool: configuration.databasePool }),
        autoLoadEntities: true,
      }),
    }),
    TypeOrmModule.forRootAsync({
      name: SYSTEM_DATA_SOURCE,
      inject: [CONFIGURATION],
      useFactory: (configuration: Configuration) => dataSourceOptions(configuration.databaseUrl, { role: systemRole, pool: 4 }),
    }),
  ],
  providers: [Database, { provide: TransactionRunner, useClass: PlainTransactionRunner }],
  exports: [Database],
})
export class DatabaseModule {}
