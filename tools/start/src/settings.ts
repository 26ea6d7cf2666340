import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

/** Demo mode is the default as long as nobody has given credentials of a calendar service. */
export function readSettings(env: Environment, { root }: { root: string }): StartSettings {
  const mode = env['DAYMARK_MODE'] || (env['DAYMARK_GOOGLE_CLIENT_ID'] ? 'development' : 'demo');
  const port = Number(env['PORT'] || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_532) {
    throw new StartError(`PORT is ${env['PORT']}`, {
      fix: 'set PORT to a number from 1 to 65532 (three more ports follow it in demo mode)',
    });
  }
  return {
    mode,
    dataDir: resolve(root, env['DAYMARK_DATA'] || '.daymark'),
    host: env['HOST'] || '127.0.0.1',
    port,
    databaseUrl: env['DATABASE_URL'] || null,
    sandbox: mode === 'demo' ? { google: port + 1, smtp: port + 2, control: port + 3 } : null,
  };
}

/** The folder of everything that is kept; nobody else may look into it. */
export function ensureDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartError(`${dataDir} cannot be made (${(cause as NodeJS.ErrnoException).code})`, {
      fix: 'set DAYMARK_DATA to a folder that you may write',
    });
  }
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
  const secrets: Secrets = {
    encryptionKeys: `demo-${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64url')}`,
    googleClientId: `demo-${randomBytes(6).toString('hex')}.apps.googleusercontent.com`,
    googleClientSecret: randomBytes(24).toString('base64url'),
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
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
    PORT: String(settings.port),
    DATABASE_URL: databaseUrl,
    TZ: 'UTC',
  };
}

/** Where the product takes people back to after they signed in or lent their calendar. */
const CALLBACKS = ['/oauth/google/callback', '/auth/google/callback'];

/** Arguments of the sandbox: the one client that it knows is the one that the product was given. */
export function sandboxArguments(settings: StartSettings, { env, secrets }: { env: Environment; secrets: Secrets }): string[] {
  const origins = [
    env['DAYMARK_PUBLIC_URL']?.replace(/\/+$/, '') || `http://localhost:${settings.port}`,
    `http://127.0.0.1:${settings.port}`,
  ];
  return [
    ...origins.flatMap((origin) => CALLBACKS.flatMap((path) => ['--redirect-uri', `${origin}${path}`])),
    ...['--port', String(settings.sandbox?.google), '--data', join(settings.dataDir, 'sandbox'), '--demo'],
    ...['--client-id', secrets.googleClientId, '--client-secret', secrets.googleClientSecret],
  ];
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
