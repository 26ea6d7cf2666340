import type { Secret } from '@daymark/domain';

/** Where Microsoft is. Each can be replaced: national clouds, a proxy, a stand-in. */
export interface OutlookUrls {
  /** What stands before `/{tenant}/oauth2/v2.0/…`. */
  readonly loginUrl: string;
  /** What stands before `/v1.0/…`. */
  readonly graphUrl: string;
}

/** One application of one Entra directory. */
export interface OutlookOptions extends Partial<OutlookUrls> {
  readonly clientId: string;
  /** The first is used; while a secret is being replaced, the others are tried when Microsoft refuses it. */
  readonly clientSecrets: readonly Secret[];
  /**
   * Whose accounts may come: `common` (default), `organizations`, `consumers`, or one directory by its id or domain. Has
   * to fit the "supported account types" of the registration.
   */
  readonly tenant?: string;
}

/** https://learn.microsoft.com/en-us/graph/deployments for the other clouds. */
export const outlookUrls: OutlookUrls = {
  loginUrl: 'https://login.microsoftonline.com',
  graphUrl: 'https://graph.microsoft.com',
};

/** Options with everything filled in; addresses without a trailing slash. */
export type OutlookSettings = Required<OutlookOptions>;

/** @throws Error without client id or secret. */
export function completeOptions(options: OutlookOptions): OutlookSettings {
  if (options.clientId === '' || options.clientSecrets.length === 0)
    throw new Error('the Outlook provider needs a client id and at least one client secret');
  return {
    clientId: options.clientId,
    clientSecrets: options.clientSecrets,
    tenant: options.tenant ?? 'common',
    loginUrl: (options.loginUrl ?? outlookUrls.loginUrl).replace(/\/+$/, ''),
    graphUrl: (options.graphUrl ?? outlookUrls.graphUrl).replace(/\/+$/, ''),
  };
}
