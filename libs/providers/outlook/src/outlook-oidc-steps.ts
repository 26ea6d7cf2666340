import type { RemoteAccount } from '@daymark/provider-contract';
import { OIDCStrategy } from 'passport-azure-ad';
import type { IOIDCStrategyOptionWithRequest } from 'passport-azure-ad';

/**
 * The steps of passport-azure-ad's OIDCStrategy that we put our own in place of; its published types leave them out. The last
 * version there will be is pinned exactly: https://github.com/AzureAD/passport-azure-ad/blob/dev/lib/oidcstrategy.js
 */
export interface OidcSteps {
  authenticate(request: OidcRequest, options: object): void;
  collectInfoFromReq(parameters: OidcParameters, request: OidcRequest, next: Next, response: unknown): void;
  setOptions(parameters: OidcParameters, configuration: object, validation: OidcValidation, done: Next): void;
  _flowInitializationHandler(configuration: { readonly authorization_endpoint: string }, request: OidcRequest, next: Next): void;
  _getAccessTokenBySecretOrAssertion(
    code: string,
    configuration: { readonly extraTokenReqQueryParams?: Readonly<Record<string, string>> },
    next: Next,
    callback: (error: unknown, items?: Readonly<Record<string, string | undefined>>) => void,
  ): void;
  _idTokenHandler(parameters: OidcParameters, validation: OidcValidation, request: OidcRequest, next: Next, callback: unknown): void;
  _errorResponseHandler(error: string, description: string | undefined, next: Next): void;
  failWithLog(message: string): void;
  /** Put there by Passport, for one request. */
  error(error: unknown): void;
  fail(message: string): void;
  redirect(url: string): void;
}

export type Next = (error?: unknown) => void;

export interface OidcRequest {
  readonly query: { readonly code?: unknown; readonly error?: unknown; readonly state?: unknown };
  /** Attempts under way by the key of the strategy, as the library looks for them. */
  readonly session?: Readonly<Record<string, { content: { state: string; nonce: string; timeStamp: number }[] }>>;
  /** Ours: what the host's store kept besides the verifier. */
  readonly kept?: unknown;
}

export interface OidcParameters {
  readonly id_token?: string;
  metadata: { oidc?: OidcMetadata; fetch(done: Next): void };
}

/** What the library reads of the configuration document, in its own names. */
export interface OidcMetadata {
  readonly algorithms: readonly string[];
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly issuer: string;
  readonly keys: readonly object[];
}

export interface OidcValidation {
  issuer: string[];
}

export type OidcVerify = (
  this: unknown,
  request: OidcRequest,
  issuer: string,
  subject: string,
  profile: unknown,
  claims: unknown,
  accessToken: string,
  refreshToken: string | undefined,
  parameters: unknown,
  done: (error: unknown, account?: RemoteAccount, info?: object) => void,
) => void;

/** The library's strategy, with its steps. */
export const OidcStrategy = OIDCStrategy as unknown as new (options: IOIDCStrategyOptionWithRequest, verify: OidcVerify) => OidcSteps;
