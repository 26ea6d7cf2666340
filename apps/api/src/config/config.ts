import { z } from 'zod';
import { Secret } from '@daymark/domain';
import { isLoopback } from './client-settings.ts';
import { ConfigurationError, type ConfigurationFault } from './configuration-error.ts';
import { readProviders, type ProviderOptions } from './provider-settings.ts';
import { readSandboxCa } from './sandbox-ca.ts';
import { readTrustedProxies, type TrustedProxies } from './trusted-proxies.ts';

/**
 * Every setting of the process, in one schema. This is the only file that reads the environment; what
 * is wrong is reported all at once, each fault with its fix.
 */

const flag = z.enum(['true', 'false', '1', '0', 'yes', 'no']).transform((text) => ['true', '1', 'yes'].includes(text));
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const origins = list.refine((given) => given.every(isOrigin), {
  error: 'holds something that is no origin; write https://crm.example, without a path or slash at the end',
});
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

const environment = z.object({
  DAYMARK_MODE: z.enum(['demo', 'development', 'production']).default('demo'),
  DAYMARK_ROLE: z.enum(['web', 'worker', 'all']).default('all'),
  DAYMARK_DATA: z.string().min(1).default('.daymark'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL of a role that owns the database' }),
  DAYMARK_DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DAYMARK_PUBLIC_URL: httpUrl.optional(),
  DAYMARK_ENCRYPTION_KEYS: z.string().optional(),
  DAYMARK_CORS_ORIGINS: origins.default([]),
  DAYMARK_TRUST_PROXY: z.string().optional(),
  DAYMARK_ALLOW_PRIVATE_ADDRESSES: flag.optional(),
  DAYMARK_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(600),
  DAYMARK_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  DAYMARK_OWNER_EMAIL: z.email().optional(),
  DAYMARK_ADMIN_DIR: z.string().optional(),
  DAYMARK_METRICS_TOKEN: z.string().min(16).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }).optional(),
  DAYMARK_MAIL_FROM: z.string().default('Daymark <calendar@daymark.example>'),
  DAYMARK_SANDBOX_CONTROL_URL: httpUrl.optional(),
  DAYMARK_SANDBOX_CA_FILE: z.string().optional(),
  DAYMARK_MAIL_URL: httpUrl.optional(),
});

/** A key of the envelope encryption: 32 bytes, named by its id. The first one seals. */
export interface EncryptionKey {
  readonly id: string;
  readonly bytes: Secret<Buffer>;
}

export interface Configuration extends ProviderOptions {
  readonly mode: 'demo' | 'development' | 'production';
  readonly role: 'web' | 'worker' | 'all';
  readonly dataDir: string;
  readonly databaseUrl: Secret;
  readonly databasePool: number;
  readonly host: string;
  readonly port: number;
  /** Without trailing slash; where people and providers reach this installation. */
  readonly publicUrl: string;
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly corsOrigins: readonly string[];
  /** Who may say where a request comes from. */
  readonly trustedProxies: TrustedProxies;
  /** Whether outbound calls may go to private addresses: the sandbox, a CalDAV server next door. */
  readonly allowsPrivateAddresses: boolean;
  readonly rateLimitPerMinute: number;
  readonly logLevel: string;
  readonly ownerEmail: string | null;
  readonly adminDir: string | null;
  readonly metricsToken: Secret | null;
  readonly smtpUrl: Secret | null;
  readonly mailFrom: string;
  readonly sandbox: { readonly controlUrl: string; readonly mailUrl: string } | null;
  /** Whom a demo trusts besides the usual authorities, as PEM. */
  readonly sandboxCa: string | null;
}

/** Injection token of the configuration. */
export const CONFIGURATION = Symbol('configuration');

/** The database that was named, also when other settings are wrong; null when none was, or none that could be one. */
export function readDatabaseUrl(env: Readonly<Record<string, string | undefined>> = process.env): Secret | null {
  const { data } = environment.shape.DATABASE_URL.safeParse(env['DATABASE_URL']);
  return data === undefined ? null : new Secret(data);
}

/** @throws ConfigurationError that lists every fault of the environment with its fix. */
export function readConfiguration(env: Readonly<Record<string, string | undefined>> = process.env): Configuration {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  const faults: ConfigurationFault[] = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({
        setting: String(issue.path[0]),
        cause: issue.code === 'invalid_type' && given[String(issue.path[0])] === undefined ? 'is not set' : issue.message,
        fix: `set ${String(issue.path[0])} (see docs/how-to/configure.md)`,
      }));
  const mode = parsed.data?.DAYMARK_MODE ?? (given['DAYMARK_MODE'] === 'production' ? 'production' : 'demo');
  const keys = readEncryptionKeys(given['DAYMARK_ENCRYPTION_KEYS'], faults);
  const trustedProxies = readTrustedProxies(given['DAYMARK_TRUST_PROXY'] ?? 'loopback', faults);
  const providers = readProviders(given);
  faults.push(...providers.faults);
  const sandboxCa = readSandboxCa(given, faults);
  if (mode === 'production') faults.push(...productionFaults(given, { keys }));
  if (!parsed.success || faults.length > 0) throw new ConfigurationError(faults);
  const settings = parsed.data;
  const publicUrl = (settings.DAYMARK_PUBLIC_URL ?? `http://localhost:${settings.PORT}`).replace(/\/+$/, '');
  return {
    mode: settings.DAYMARK_MODE,
    role: settings.DAYMARK_ROLE,
    dataDir: settings.DAYMARK_DATA,
    databaseUrl: new Secret(settings.DATABASE_URL),
    databasePool: settings.DAYMARK_DATABASE_POOL,
    host: settings.HOST,
    port: settings.PORT,
    publicUrl,
    encryptionKeys: keys,
    corsOrigins: settings.DAYMARK_CORS_ORIGINS,
    trustedProxies,
    allowsPrivateAddresses: settings.DAYMARK_ALLOW_PRIVATE_ADDRESSES ?? settings.DAYMARK_MODE === 'demo',
    rateLimitPerMinute: settings.DAYMARK_RATE_LIMIT_PER_MINUTE,
    logLevel: settings.DAYMARK_LOG_LEVEL,
    ownerEmail: settings.DAYMARK_OWNER_EMAIL ?? null,
    adminDir: settings.DAYMARK_ADMIN_DIR ?? null,
    metricsToken: settings.DAYMARK_METRICS_TOKEN === undefined ? null : new Secret(settings.DAYMARK_METRICS_TOKEN),
    smtpUrl: settings.SMTP_URL === undefined ? null : new Secret(settings.SMTP_URL),
    mailFrom: settings.DAYMARK_MAIL_FROM,
    sandbox:
      settings.DAYMARK_SANDBOX_CONTROL_URL === undefined || settings.DAYMARK_MODE === 'production'
        ? null
        : {
            controlUrl: settings.DAYMARK_SANDBOX_CONTROL_URL,
            mailUrl: settings.DAYMARK_MAIL_URL ?? `${settings.DAYMARK_SANDBOX_CONTROL_URL}/mail`,
          },
    sandboxCa,
    ...providers.options,
  };
}

function readEncryptionKeys(text: string | undefined, faults: ConfigurationFault[]): EncryptionKey[] {
  const setting = 'DAYMARK_ENCRYPTION_KEYS';
  const fix = 'run `npm run keys -- generate` and set what it prints';
  if (text === undefined) {
    faults.push({ setting, cause: 'is not set, so no token could be stored safely', fix });
    return [];
  }
  const keys: EncryptionKey[] = [];
  for (const part of text.split(',')) {
    const match = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{43}=?|[A-Za-z0-9+/]{43}=)$/.exec(part.trim());
    const bytes = match === null ? null : Buffer.from(match[2]!, 'base64url');
    if (match === null || bytes === null || bytes.length !== 32) {
      faults.push({ setting, cause: 'is not a list of `id:key` with keys of 32 bytes in base64url', fix });
      return [];
    }
    keys.push({ id: match[1]!, bytes: new Secret(bytes) });
  }
  if (new Set(keys.map((key) => key.id)).size !== keys.length) faults.push({ setting, cause: 'names one key id twice', fix });
  return keys;
}

/** What a demo may do and production must not. Judges what was given, so that it is told whatever else is wrong. */
function productionFaults(given: Record<string, string | undefined>, { keys }: { keys: readonly EncryptionKey[] }) {
  const faults: ConfigurationFault[] = [];
  const publicUrl = given['DAYMARK_PUBLIC_URL'];
  if (publicUrl === undefined) {
    faults.push({
      setting: 'DAYMARK_PUBLIC_URL',
      cause: 'is not set',
      fix: 'set the https:// address under which people reach this installation',
    });
  } else if (/^http:/i.test(publicUrl) && URL.canParse(publicUrl) && !isLoopback(publicUrl)) {
    faults.push({
      setting: 'DAYMARK_PUBLIC_URL',
      cause: 'uses plain http, so sign-in codes and sessions would travel unprotected',
      fix: 'use an https:// address (plain http is allowed for localhost only)',
    });
  }
  for (const key of keys) {
    if (new Set(key.bytes.reveal()).size < 8) {
      faults.push({
        setting: 'DAYMARK_ENCRYPTION_KEYS',
        cause: `key '${key.id}' is a default, not a random key`,
        fix: 'run `npm run keys -- generate`',
      });
    }
    if (key.id.startsWith('demo')) {
      faults.push({
        setting: 'DAYMARK_ENCRYPTION_KEYS',
        cause: `key '${key.id}' was made for the demo`,
        fix: 'run `npm run keys -- generate`',
      });
    }
  }
  if (given['DAYMARK_SANDBOX_CONTROL_URL'] !== undefined) {
    faults.push({
      setting: 'DAYMARK_SANDBOX_CONTROL_URL',
      cause: 'points at the sandbox, which is for trying out',
      fix: 'unset it, or set DAYMARK_MODE=demo',
    });
  }
  if (given['SMTP_URL'] === undefined) {
    faults.push({
      setting: 'SMTP_URL',
      cause: 'is not set, so no confirmation could be mailed',
      fix: 'set smtp://user:password@host:port',
    });
  }
  return faults;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
