import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectionToken } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Logger } from 'nestjs-pino';
import { Clock, Secret } from '@daymark/domain';
import type { TestDatabase } from '@daymark/postgres';
import type { OutlookOptions } from '@daymark/provider-outlook';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { AppModule } from '../../src/app.module.ts';
import type { Configuration } from '../../src/config/config.ts';
import { readProviders } from '../../src/config/provider-settings.ts';
import { configureApp } from '../../src/http/configure-app.ts';
import { LogDestination } from '../../src/http/logging.ts';
import { freshDatabase } from './databases.ts';
import { requester, type Requester } from './request.ts';
import { TestClock } from './test-clock.ts';

export interface TestAppOptions {
  readonly configuration?: Partial<Configuration>;
  /** What stands in for a provider of the app. */
  readonly overrides?: readonly { readonly token: InjectionToken; readonly value: unknown }[];
  /** A database that another app uses too; else one of its own. */
  readonly database?: TestDatabase;
  /** With the sandbox as Google and as mail server; one that runs already, or a new one. */
  readonly sandbox?: 'start' | Sandbox;
  /** With the sandbox as Microsoft too. */
  readonly outlook?: Omit<Partial<OutlookOptions>, 'loginUrl' | 'graphUrl'>;
}

export interface TestApp {
  readonly app: NestExpressApplication;
  readonly baseUrl: string;
  readonly configuration: Configuration;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  /** Null when the app was started without it. */
  readonly sandbox: Sandbox | null;
  readonly request: Requester;
  /** Lines logged so far, redacted as in production. */
  readonly logs: readonly string[];
  get<T>(token: abstract new (...given: never[]) => T): T;
  close(): Promise<void>;
}

/** The whole product in this process: real database, real HTTP, real queue; a clock that can be moved. */
export async function startTestApp({
  configuration: given = {},
  overrides = [],
  database: shared,
  sandbox: wanted,
  outlook,
}: TestAppOptions = {}): Promise<TestApp> {
  const [database, dataDir, port] = await Promise.all([shared ?? freshDatabase(), mkdtemp(join(tmpdir(), 'daymark-api-')), freePort()]);
  const publicUrl = `http://127.0.0.1:${port}`;
  const sandbox = wanted === 'start' ? await startSandbox() : (wanted ?? null);
  const configuration = {
    ...testConfiguration({ databaseUrl: database.url, dataDir, publicUrl, port }),
    ...(sandbox === null ? {} : useSandbox(sandbox, publicUrl)),
    ...(sandbox === null || outlook === undefined ? {} : { outlook: { ...useMicrosoft(sandbox, publicUrl), ...outlook } }),
    ...given,
  };
  const clock = new TestClock();
  const logs: string[] = [];
  let builder = Test.createTestingModule({ imports: [AppModule.with(configuration)] })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(LogDestination)
    .useValue({ write: (line: string) => void logs.push(line) });
  for (const { token, value } of overrides) builder = builder.overrideProvider(token).useValue(value);
  const module = await builder.compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, rawBody: true, bufferLogs: true });
  app.useLogger(app.get(Logger));
  configureApp(app);
  await app.listen(port, '127.0.0.1');
  return {
    app,
    baseUrl: publicUrl,
    configuration,
    database,
    clock,
    sandbox,
    logs,
    request: requester(publicUrl),
    get: (token) => app.get(token, { strict: false }),
    async close() {
      await app.close();
      if (wanted === 'start') await sandbox?.close();
      if (shared === undefined) await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Google and mail of the sandbox, with a client registered for this app. */
function useSandbox(sandbox: Sandbox, publicUrl: string): Pick<Configuration, 'google' | 'smtpUrl' | 'sandbox'> {
  const clientId = `client-of-${new URL(publicUrl).port}`;
  const clientSecret = `${clientId}-secret`;
  sandbox.google.registerClient({
    id: clientId,
    secrets: [clientSecret],
    redirectUris: [`${publicUrl}/oauth/google/callback`, `${publicUrl}/auth/google/callback`],
  });
  return {
    google: {
      clientId,
      clientSecrets: [new Secret(clientSecret)],
      authorizeUrl: `${sandbox.googleUrl}/o/oauth2/v2/auth`,
      tokenUrl: `${sandbox.googleUrl}/token`,
      revokeUrl: `${sandbox.googleUrl}/revoke`,
      userInfoUrl: `${sandbox.googleUrl}/v1/userinfo`,
      apiUrl: sandbox.googleUrl,
    },
    smtpUrl: new Secret(`smtp://127.0.0.1:${sandbox.smtpPort}`),
    sandbox: { controlUrl: sandbox.controlUrl, mailUrl: `${sandbox.controlUrl}/mail` },
  };
}

/** Microsoft of the sandbox, with an application registered for this app. */
function useMicrosoft(sandbox: Sandbox, publicUrl: string): OutlookOptions {
  const clientId = `application-of-${new URL(publicUrl).port}`;
  const clientSecret = `${clientId}-secret`;
  sandbox.microsoft.registerClient({
    id: clientId,
    secrets: [clientSecret],
    redirectUris: [`${publicUrl}/oauth/outlook/callback`, `${publicUrl}/auth/outlook/callback`],
  });
  const { microsoftUrl } = sandbox;
  return { clientId, clientSecrets: [new Secret(clientSecret)], loginUrl: microsoftUrl, graphUrl: microsoftUrl };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function testConfiguration({
  databaseUrl,
  dataDir,
  publicUrl,
  port,
}: {
  databaseUrl: string;
  dataDir: string;
  publicUrl: string;
  port: number;
}): Configuration {
  return {
    mode: 'development',
    role: 'all',
    dataDir,
    databaseUrl: new Secret(databaseUrl),
    databasePool: 8,
    host: '127.0.0.1',
    port,
    publicUrl,
    encryptionKeys: [{ id: 'test', bytes: new Secret(Buffer.alloc(32, 'daymark test key')) }],
    corsOrigins: [],
    trustedProxies: ['loopback'],
    allowsPrivateAddresses: true,
    rateLimitPerMinute: 100_000,
    logLevel: 'info',
    ownerEmail: null,
    adminDir: join(dataDir, 'admin'),
    metricsToken: null,
    smtpUrl: null,
    mailFrom: 'Daymark <calendar@daymark.example>',
    sandbox: null,
    sandboxCa: null,
    ...readProviders({}).options,
  };
}
