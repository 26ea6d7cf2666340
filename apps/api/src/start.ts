import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { DomainError } from '@daymark/domain';
import { AppModule } from './app.module.ts';
import { ConfigurationError } from './config/configuration-error.ts';
import { readConfiguration } from './config/config.ts';
import { trustSandboxCa } from './config/sandbox-ca.ts';
import { migrate } from './database/migrate.ts';
import { configureApp } from './http/configure-app.ts';
import { FirstStart } from './identity/first-start.ts';
import { Timers } from './ports/ports.ts';
import { orLeave } from './start-refusals.ts';

const SET_UP_TRIES = 20;
const SET_UP_PAUSE_MS = 500;
const FIRST_CALENDAR_WITHIN_MS = 30_000;

/** Starts the process in the role that its environment names. */
export async function start(): Promise<void> {
  const configuration = await orLeave(async () => {
    const wanted = readConfiguration();
    trustSandboxCa(wanted.sandboxCa);
    await migrate(wanted.databaseUrl);
    return wanted;
  });
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(configuration), {
    bufferLogs: true,
    bodyParser: false,
    rawBody: true,
  });
  app.useLogger(app.get(Logger));
  configureApp(app);
  await app.listen(configuration.port, configuration.host);
  stopOnSignals(app);
  if (configuration.role !== 'worker') process.stdout.write(await orLeave(() => setUp(app)));
}

/** Repeated when the database goes away meanwhile: the process answers requests already, so it must not leave for that. */
async function setUp(app: NestExpressApplication): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await app.get(FirstStart).run({ calendarWithinMs: FIRST_CALENDAR_WITHIN_MS });
    } catch (error) {
      if (error instanceof DomainError || error instanceof ConfigurationError || attempt >= SET_UP_TRIES) throw error;
      await app.get(Timers).wait(SET_UP_PAUSE_MS);
    }
  }
}

/** Takes no new requests, lets those under way end, then jobs, then lets go of the database. A second signal ends it at once. */
function stopOnSignals(app: NestExpressApplication): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void stop(app).then(() => process.exit(0));
    });
  }
}

async function stop(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  await app.close();
}
