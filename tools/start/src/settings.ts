import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from './start-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface StartSettings {
  readonly mode: string;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Null: the embedded database is used. */
  readonly databaseUrl: string | null;
  /** Null unless in demo mode without providers of its own. */
  readonly sandbox: SandboxPorts | null;
  /** What is wrong with them, told together with what others find. */
  readonly faults: readonly StartError[];
}

export interface SandboxPorts {
  readonly google: number;
  readonly smtp: number;
  readonly control: number;
}

export interface Secrets {
  readonly encryptionKeys: string;
  readonly googleClientId: string;
  readonly googleClientSecret: string;
}

const DEFAULT_PORT = 3000;
const LAST_PORT = 65_535;

/** Demo mode is the default as long as nobody has given credentials of a calendar service. */
export function readSettings(env: Environment, { root }: { root: string }): StartSettings {
  const mode = env['DAYMARK_MODE'] || (env['DAYMARK_GOOGLE_CLIENT_ID'] ? 'development' : 'demo');
  const isDemo = mode === 'demo';
  const wantedPort = Number(env['PORT'] || DEFAULT_PORT);
  const lastPort = isDemo ? LAST_PORT - 3 : LAST_PORT;
  const isPort = Number.isInteger(wantedPort) && wantedPort >= 1 && wantedPort <= lastPort;
  const port = isPort ? wantedPort : DEFAULT_PORT;
  return {
    mode,
    dataDir: resolve(root, env['DAYMARK_DATA'] || '.daymark'),
    host: env['HOST'] || '127.0.0.1',
    port,
    databaseUrl: env['DATABASE_URL'] || null,
    sandbox: isDemo ? { google: port + 1, smtp: port + 2, control: port + 3 } : null,
    faults: isPort ? [] : [portFault(env['PORT'], { lastPort, isDemo })],
  };
}

function portFault(given: string | undefined, { lastPort, isDemo }: { lastPort: number; isDemo: boolean }): StartError {
  return new StartError(`PORT is ${given}`, {
    setting: 'PORT',
    fix: `set PORT to a number from 1 to ${lastPort}${isDemo ? ' (three more ports follow it in demo mode)' : ''}`,
  });
}

/** Made once per data folder and kept there, mode 0600: without them what is stored could not be read again. */
export function ensureSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new StartError(`${file} cannot be read: ${(cause as Error).message}`, {
        fix: 'bring the file back from a copy, or remove the folder to begin anew',
      });
    }
  }
  const secrets = makeSecrets();
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
}

/** New ones; of use without keeping them where nothing is sealed. */
export function makeSecrets(): Secrets {
  return {
    encryptionKeys: `demo-${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64url')}`,
    googleClientId: `demo-${randomBytes(6).toString('hex')}.apps.googleusercontent.com`,
    googleClientSecret: randomBytes(24).toString('base64url'),
  };
}

/** Where people reach the product. */
export function publicUrlOf({ port }: StartSettings, env: Environment): string {
  return env['DAYMARK_PUBLIC_URL']?.replace(/\/+$/, '') || `http://localhost:${port}`;
}

/** What the product is told; what whoever starts it has set wins. */
export function apiEnvironment(
  settings: StartSettings,
  { env, secrets, databaseUrl }: { env: Environment; secrets: Secrets | null; databaseUrl: string },
) {
  const { sandbox } = settings;
  const google = sandbox && `http://127.0.0.1:${sandbox.google}`;
  return {
    // The banner shall not scroll away under the routes.
    ...(settings.mode === 'demo' && { DAYMARK_LOG_LEVEL: 'warn' }),
    ...(secrets && { DAYMARK_ENCRYPTION_KEYS: secrets.encryptionKeys }),
    ...(sandbox &&
      secrets && {
        DAYMARK_GOOGLE_CLIENT_ID: secrets.googleClientId,
        DAYMARK_GOOGLE_CLIENT_SECRET: secrets.googleClientSecret,
        DAYMARK_GOOGLE_AUTHORIZE_URL: `${google}/o/oauth2/v2/auth`,
        DAYMARK_GOOGLE_TOKEN_URL: `${google}/token`,
        DAYMARK_GOOGLE_REVOKE_URL: `${google}/revoke`,
        DAYMARK_GOOGLE_USERINFO_URL: `${google}/v1/userinfo`,
        DAYMARK_GOOGLE_API_URL: `${google}/`,
        SMTP_URL: `smtp://127.0.0.1:${sandbox.smtp}`,
        DAYMARK_SANDBOX_CONTROL_URL: `http://127.0.0.1:${sandbox.control}`,
        DAYMARK_MAIL_URL: `http://127.0.0.1:${sandbox.control}/mail`,
      }),
    ...withoutEmpty(env),
    DAYMARK_MODE: settings.mode,
    DAYMARK_DATA: settings.dataDir,
    HOST: settings.host,
    PORT: env['PORT'] || String(settings.port),
    DATABASE_URL: databaseUrl,
    TZ: 'UTC',
  };
}

/** Where the product takes people back to after they signed in or lent their calendar. */
const CALLBACKS = ['/oauth/google/callback', '/auth/google/callback'];

/** Arguments of the sandbox: the one client that it knows is the one that the product was given. */
export function sandboxArguments(settings: StartSettings, { env, secrets }: { env: Environment; secrets: Secrets }): string[] {
  const origins = [publicUrlOf(settings, env), `http://127.0.0.1:${settings.port}`];
  return [
    ...origins.flatMap((origin) => CALLBACKS.flatMap((path) => ['--redirect-uri', `${origin}${path}`])),
    ...['--port', String(settings.sandbox?.google), '--data', join(settings.dataDir, 'sandbox'), '--demo'],
    ...['--client-id', secrets.googleClientId, '--client-secret', secrets.googleClientSecret],
  ];
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
