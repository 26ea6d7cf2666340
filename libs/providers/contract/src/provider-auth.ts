import type { Instant, Secret } from '@daymark/domain';
import type { ProviderError } from './provider-error.ts';

/** How much a connection may do, least first. */
export type AccessProfile = 'free_busy' | 'read' | 'read_write';

/** What a session needs in order to speak to the service; made and kept by the host. */
export interface Credentials {
  readonly accessToken: Secret;
}

export interface TokenSet {
  readonly accessToken: Secret;
  /** Absent means: keep the one you have. */
  readonly refreshToken: Secret | null;
  readonly expiresAt: Instant;
  /** Granted scopes in the service's own spelling; none: the answer did not tell, keep what you have (RFC 6749 §5.1). */
  readonly scopes: readonly string[];
}

/** Who granted it. */
export interface RemoteAccount {
  /** Stable key of the account at the service, never an address. */
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string | null;
}

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  /** PKCE, S256. */
  readonly codeChallenge: string;
  readonly profile: AccessProfile;
  /** Address of the account to offer first; no guarantee that it is the one that comes back. */
  readonly loginHint?: string;
  /** What the service demanded when it refused the grant before; see {@link ProviderErrorDetails.claims}. */
  readonly claims?: string;
  /** The organisation's directory at services that have several; others ignore it. One that is not let in throws `invalid-request`. */
  readonly directory?: string;
}

/** The service's refusal as it stands in the address that the browser came back to. */
export interface AuthorizationRefusal {
  readonly error: string;
  readonly description: string | null;
}

export interface AdminConsentRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly profile: AccessProfile;
  /** As in {@link AuthorizationRequest}. */
  readonly directory?: string;
}

/** One step of looking whether the registration at the service works; the first that failed names what to mend. */
export interface ClientCheckStep {
  readonly step: 'reachable' | 'client-id' | 'client-secret' | 'redirect-uri';
  /** `unknown`: it cannot be told, for a step before it failed or the service does not say. */
  readonly outcome: 'passed' | 'failed' | 'unknown';
  /** What the service said, in our words; null when it passed. */
  readonly detail: string | null;
}

export interface CodeExchange {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  /** The one that the code was asked for with. */
  readonly directory?: string;
}

/** The host's HTTP client and clock; a provider has no other way out. */
export interface HostPorts {
  readonly fetch: typeof fetch;
  now(): Instant;
}

/**
 * OAuth 2.0 authorization code with PKCE. Throws ProviderError: `unauthorized` when the grant is
 * gone (`invalid_grant`), `forbidden` with `problem` for faults of our client registration,
 * `unavailable` when the service did not answer.
 */
export interface OAuthFlow {
  readonly kind: 'oauth';
  /** Scopes asked for by each access profile. */
  scopesFor(profile: AccessProfile): readonly string[];
  /** What of the asked profile is missing in the granted scopes; empty when all is there. */
  missing(profile: AccessProfile, granted: readonly string[]): readonly MissingScope[];
  /** Where to send the person. No network. */
  authorizeUrl(request: AuthorizationRequest): string;
  /** What a refusal on the way back means: `unauthorized` when the person said no, `forbidden` with `problem` for the rest. */
  refusal(refusal: AuthorizationRefusal): ProviderError;
  /** Where an administrator approves the application for everybody of an organisation; absent where the service has no such page. No network. */
  adminConsentUrl?(request: AdminConsentRequest): string;
  /** Looks whether the registration works, without anybody's consent. Throws nothing. */
  checkClient(redirectUri: string, ports: HostPorts): Promise<readonly ClientCheckStep[]>;
  exchangeCode(exchange: CodeExchange, ports: HostPorts): Promise<{ readonly tokens: TokenSet; readonly account: RemoteAccount }>;
  refresh(refreshToken: Secret, ports: HostPorts): Promise<TokenSet>;
  /** Revoking what is already revoked succeeds. */
  revoke(token: Secret, ports: HostPorts): Promise<void>;
  /** Whether revoking one token ends every grant of that account to this client. */
  readonly revokesWholeAccount: boolean;
}

export interface MissingScope {
  readonly scope: string;
  /** What cannot be done without it, in plain words. */
  readonly capability: string;
}
