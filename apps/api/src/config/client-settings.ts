import { Secret } from '@daymark/domain';
import type { ConfigurationFault } from './configuration-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The client that is registered at a calendar service, or null when none is given. */
export interface ClientSettings {
  readonly id: string;
  /** The first is used; comma-separated while a secret is being rotated. */
  readonly secrets: readonly Secret[];
}

const DEFAULT_SECRETS = new Set(['changeme', 'change-me', 'secret', 'password', 'demo-secret', 'test', 'client-secret']);

/** Client id and secrets by the names `<prefix>_CLIENT_ID` and `<prefix>_CLIENT_SECRET`, with the faults found. */
export function readClient(
  env: Environment,
  { prefix, product }: { readonly prefix: string; readonly product: string },
): { readonly client: ClientSettings | null; readonly faults: readonly ConfigurationFault[] } {
  const [idSetting, secretSetting] = [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`];
  const id = env[idSetting];
  const given = env[secretSetting];
  const faults: ConfigurationFault[] = [];
  if (id === undefined && given !== undefined)
    faults.push({ setting: idSetting, cause: 'is not set though a secret is', fix: 'set both, or neither' });
  if (given === undefined && id !== undefined)
    faults.push({ setting: secretSetting, cause: 'is not set though a client id is', fix: 'set both, or neither' });
  const secrets = (given ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (given !== undefined && secrets.length === 0)
    faults.push({ setting: secretSetting, cause: 'holds no secret between its commas', fix: `set the secret of the client at ${product}` });
  if (env['DAYMARK_MODE'] === 'production' && secrets.some((secret) => isDefault(secret, product))) {
    faults.push({
      setting: secretSetting,
      cause: 'is a default that everyone knows',
      fix: `set the secret of your own client at ${product}`,
    });
  }
  const isComplete = id !== undefined && faults.length === 0;
  return { client: isComplete ? { id, secrets: secrets.map((secret) => new Secret(secret)) } : null, faults };
}

/** Addresses that tokens and codes would travel to unprotected; on this machine they may. */
export function plainHttpFaults(env: Environment, names: readonly string[]): ConfigurationFault[] {
  if (env['DAYMARK_MODE'] !== 'production') return [];
  return names.flatMap((setting) => {
    const address = env[setting];
    if (address === undefined || !/^http:/i.test(address) || !URL.canParse(address) || isLoopback(address)) return [];
    const cause = 'uses plain http, so tokens would travel unprotected';
    return [{ setting, cause, fix: 'use an https:// address (plain http is allowed for localhost only)' }];
  });
}

export function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

function isDefault(secret: string, product: string): boolean {
  const text = secret.toLowerCase();
  return DEFAULT_SECRETS.has(text) || text === `${product.toLowerCase()}-client-secret`;
}
