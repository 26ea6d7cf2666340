import type { Secret } from '@daymark/domain';

/** One OAuth client, and where the service is. */
export interface AcmeOptions {
  readonly clientId: string;
  /** The first is used; while a secret is being replaced, the others are tried when the service refuses it. */
  readonly clientSecrets: readonly Secret[];
  /** Where people give consent. */
  readonly authorizeUrl: string;
  /** Where codes and refresh tokens are exchanged. */
  readonly tokenUrl: string;
  /** What stands before the paths of its API. */
  readonly apiUrl: string;
}

/** Options that are complete; `apiUrl` without a trailing slash. */
export type AcmeSettings = AcmeOptions;

/** @throws Error without client id or secret. */
export function completeOptions(options: AcmeOptions): AcmeSettings {
  if (options.clientId === '' || options.clientSecrets.length === 0)
    throw new Error('the provider of Acme Calendar needs a client id and at least one client secret');
  return { ...options, apiUrl: options.apiUrl.replace(/\/+$/, '') };
}
