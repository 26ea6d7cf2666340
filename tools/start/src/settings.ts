import { randomBytes, randomUUID } from 'node:crypto';
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
  readonly microsoft: number;
}

export interface Secrets {
  readonly encryptionKeys: string;
  readonly googleClientId: string;
  readonly googleClientSecret: string;
  /** A GUID, as Microsoft's are. */
  readonly outlookClientId: string;
  readonly outlookClientSecret: string;
}

const DEFAULT_PORT = 3000;
const LAST_PORT = 65_535;
/** After the product's own. */
const SANDBOX_PORTS = 4;

/** Demo mode is the default as long as nobody has given credentials of a calendar service. */
export function readSettings(env: Environment, { root }: { root: string }): StartSettings {
  const mode = env['DAYMARK_MODE'] || (hasOwnClient(env) ? 'development' : 'demo');
  const isDemo = mode === 'demo';
  const wantedPort = Number(env['PORT'] || DEFAULT_PORT);
  const lastPort = isDemo ? LAST_PORT - SANDBOX_PORTS : LAST_PORT;
  const isPort = Number.isInteger(wantedPort) && wantedPort >= 1 && wantedPort <= lastPort;
  const port = isPort ? wantedPort : DEFAULT_PORT;
  return {
    mode,
    dataDir: resolve(root, env['DAYMARK_DATA'] || '.daymark'),
    host: env['HOST'] || '127.0.0.1',
    port,
    databaseUrl: env['DATABASE_URL'] || null,
    sandbox: isDemo ? { google: port + 1, smtp: port + 2, control: port + 3, microsoft: port + 4 } : null,
    faults: isPort ? [] : [portFault(env['PORT'], { lastPort, isDemo })],
  };
}

/** Whether somebody has given the client of a calendar service, whichever it is. */
export function hasOwnClient(env: Environment): boolean {
  return Object.entries(env).some(([setting, value]) => /^DAYMARK_\w+_CLIENT_ID$/.test(setting) && Boolean(value));
}

function portFault(given: string | undefined, { lastPort, isDemo }: { lastPort: number; isDemo: boolean }): StartError {
  return new StartError(`PORT is ${given}`, {
    setting: 'PORT',
    fix: `set PORT to a number from 1 to ${lastPort}${isDemo ? ' (four more ports follow it in demo mode)' : ''}`,
  });
}

/** Made once per data folder and kept there, mode 0600: without them what is stored could not be read again. */
export function ensureSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const kept = readSecrets(file);
  // A folder from before some of them were needed has the others.
  const secrets = { ...makeSecrets(), ...kept };
  if (kept !== null && Object.keys(kept).length === Object.keys(secrets).length) return secrets;
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
}

function readSecrets(file: string): Partial<Secrets> | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartError(`${file} cannot be read: ${(cause as Error).message}`, {
      fix: 'bring the file back from a copy, or remove the folder to begin anew',
    });
  }
}

/** New ones; of use without keeping them where nothing is sealed. */
export function makeSecrets(): Secrets {
  return {
    encryptionKeys: `demo-${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64url')}`,
    googleClientId: `demo-${randomBytes(6).toString('hex')}.apps.googleusercontent.com`,
    googleClientSecret: randomBytes(24).toString('base64url'),
    outlookClientId: randomUUID(),
    outlookClientSecret: randomBytes(24).toString('base64url'),
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
  const microsoft = sandbox && `https://127.0.0.1:${sandbox.microsoft}`;
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
        DAYMARK_OUTLOOK_CLIENT_ID: secrets.outlookClientId,
        DAYMARK_OUTLOOK_CLIENT_SECRET: secrets.outlookClientSecret,
        DAYMARK_OUTLOOK_LOGIN_URL: `${microsoft}`,
        DAYMARK_OUTLOOK_GRAPH_URL: `${microsoft}`,
        DAYMARK_OUTLOOK_TENANT: 'common',
        DAYMARK_SANDBOX_CA_FILE: sandboxCaFile(settings),
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
const callbacks = (provider: string): string[] => [`/oauth/${provider}/callback`, `/auth/${provider}/callback`];

/** The certificate of the sandbox's own authority, which stands behind its https; there once it runs. */
export function sandboxCaFile({ dataDir }: StartSettings): string {
  return join(dataDir, 'sandbox', 'sandbox-ca.pem');
}

/** Arguments of the sandbox: the one client that each service knows is the one that the product was given. */
export function sandboxArguments(settings: StartSettings, { env, secrets }: { env: Environment; secrets: Secrets }): string[] {
  const origins = [publicUrlOf(settings, env), `http://127.0.0.1:${settings.port}`];
  const redirects = (option: string, provider: string): string[] =>
    origins.flatMap((origin) => callbacks(provider).flatMap((path) => [option, `${origin}${path}`]));
  return [
    ...redirects('--redirect-uri', 'google'),
    ...redirects('--microsoft-redirect-uri', 'outlook'),
    ...['--port', String(settings.sandbox?.google), '--data', join(settings.dataDir, 'sandbox'), '--demo'],
    ...['--client-id', secrets.googleClientId, '--client-secret', secrets.googleClientSecret],
    ...['--microsoft-port', String(settings.sandbox?.microsoft), '--microsoft-tls'],
    ...['--microsoft-client-id', secrets.outlookClientId, '--microsoft-client-secret', secrets.outlookClientSecret],
  ];
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
