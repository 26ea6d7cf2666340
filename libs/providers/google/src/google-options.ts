import type { Secret } from '@daymark/domain';

/** Where Google is. Each can be replaced, so that a proxy or a stand-in can take its place. */
export interface GoogleUrls {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  /** OpenID Connect userinfo. */
  readonly userInfoUrl: string;
  /** What stands before `/calendar/v3/…`. */
  readonly apiUrl: string;
}

/** One OAuth client of one Google Cloud project. */
export interface GoogleOptions extends Partial<GoogleUrls> {
  readonly clientId: string;
  /** The first is used; while a secret is being replaced, the others are tried when Google refuses it. */
  readonly clientSecrets: readonly Secret[];
}

/** https://developers.google.com/identity/protocols/oauth2/web-server, …/identity/openid-connect/openid-connect */
export const googleUrls: GoogleUrls = {
  authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revokeUrl: 'https://oauth2.googleapis.com/revoke',
  userInfoUrl: 'https://openidconnect.googleapis.com/v1/userinfo',
  apiUrl: 'https://www.googleapis.com',
};

/** Options with every address filled in. */
export type GoogleSettings = GoogleOptions & GoogleUrls;

/** @throws Error without client id or secret. */
export function completeOptions(options: GoogleOptions): GoogleSettings {
  if (options.clientId === '' || options.clientSecrets.length === 0)
    throw new Error('the Google provider needs a client id and at least one client secret');
  return {
    clientId: options.clientId,
    clientSecrets: options.clientSecrets,
    authorizeUrl: options.authorizeUrl ?? googleUrls.authorizeUrl,
    tokenUrl: options.tokenUrl ?? googleUrls.tokenUrl,
    revokeUrl: options.revokeUrl ?? googleUrls.revokeUrl,
    userInfoUrl: options.userInfoUrl ?? googleUrls.userInfoUrl,
    apiUrl: (options.apiUrl ?? googleUrls.apiUrl).replace(/\/+$/, ''),
  };
}
