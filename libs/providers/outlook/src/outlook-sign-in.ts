import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { SignInFlow, SignInHost } from '@daymark/provider-contract';
import type { Strategy } from 'passport';
import type { IOIDCStrategyOptionWithRequest } from 'passport-azure-ad';
import { consentRefused } from './outlook-aadsts.ts';
import { idTokenClaims } from './outlook-identity-api.ts';
import { OidcStrategy } from './outlook-oidc-steps.ts';
import type { Next, OidcParameters, OidcRequest, OidcSteps, OidcValidation, OidcVerify } from './outlook-oidc-steps.ts';
import { configurationUrl, fetchOpenIdConfiguration, issuerFor } from './outlook-openid.ts';
import type { OutlookSettings } from './outlook-options.ts';
import { signInScopes } from './outlook-scopes.ts';
import { fetchAccount, readIdToken, requestTokens } from './outlook-token.ts';

/** Signing in with Microsoft; asks for identity only, and keeps none of the tokens. Undefined over plain http, which the library refuses. */
export function outlookSignIn(settings: OutlookSettings): SignInFlow | undefined {
  if (!settings.loginUrl.startsWith('https://')) return undefined;
  return {
    label: 'Microsoft',
    authenticateOptions: {},
    // Passport's own class declares more than a strategy has to have.
    strategy: (host) => new OutlookSignInStrategy(settings, host) as unknown as Strategy,
  };
}

const SESSION_KEY = 'attempts';
/** What the library looks an attempt up by; it refuses one as long as the handles of the host's store. */
const ATTEMPT = 'attempt';

/**
 * passport-azure-ad with all of its calls going over the host's client, so that address guard, limits and the second client
 * secret hold for them, and with state and PKCE in the host's store: on its own it knows no PKCE, and keeps its state in a
 * session or in a cookie under fixed keys. What is left to it is to verify the ID token. See decision 0015.
 */
class OutlookSignInStrategy extends OidcStrategy {
  // Not `#private`: Passport works on objects that inherit from the strategy.
  private readonly settings: OutlookSettings;
  private readonly host: SignInHost;
  /** Of one request: the library hands on messages, not errors. */
  private refusal: ProviderError | null = null;

  constructor(settings: OutlookSettings, host: SignInHost) {
    super(strategyOptions(settings, host), verifier(settings, host));
    this.settings = settings;
    this.host = host;
  }

  override authenticate(request: OidcRequest, options: object): void {
    const { code, error, state } = request.query;
    if (code === undefined && error === undefined) {
      super.authenticate(request, options);
      return;
    }
    this.host.stateStore.verify(request, String(state), (refused, codeVerifier, kept) => {
      if (refused !== null) this.error(refused);
      else if (typeof codeVerifier !== 'string') this.fail('this sign-in was not begun here');
      else
        super.authenticate(returning(request, { codeVerifier, kept }), {
          ...options,
          extraTokenReqQueryParams: { code_verifier: codeVerifier },
        });
    });
  }

  override collectInfoFromReq(parameters: OidcParameters, request: OidcRequest, next: Next, response: unknown): void {
    const { settings, host } = this;
    const isAsked: Next = (error) => {
      if (error !== undefined && error !== null) return next(error);
      const { metadata } = parameters;
      metadata.fetch = (done) => {
        fetchOpenIdConfiguration(settings, host).then(
          (found) => {
            metadata.oidc = { ...found, algorithms: found.id_token_signing_alg_values_supported };
            done();
          },
          (refused: unknown) => done(refused),
        );
      };
      return next();
    };
    super.collectInfoFromReq(parameters, request, isAsked, response);
  }

  override setOptions(parameters: OidcParameters, configuration: object, validation: OidcValidation, done: Next): void {
    super.setOptions(parameters, configuration, validation, (error) => {
      this.note(error);
      done(error);
    });
  }

  override _flowInitializationHandler({ authorization_endpoint }: { readonly authorization_endpoint: string }, request: OidcRequest): void {
    const codeVerifier = randomBytes(32).toString('base64url');
    this.host.stateStore.store(request, codeVerifier, undefined, {}, (error, state) => {
      if (error !== null || state === undefined) return this.error(error ?? new Error('the state was not kept'));
      return this.redirect(authorizeUrl(authorization_endpoint, { settings: this.settings, host: this.host, state, codeVerifier }));
    });
  }

  override _getAccessTokenBySecretOrAssertion(...given: Parameters<OidcSteps['_getAccessTokenBySecretOrAssertion']>): void {
    const [code, { extraTokenReqQueryParams }, , callback] = given;
    const grant = { grant_type: 'authorization_code', code, redirect_uri: this.host.callbackUrl, ...extraTokenReqQueryParams };
    requestTokens(grant, { settings: this.settings, ports: this.host, purpose: 'code' }).then(
      ({ accessToken, idToken }) =>
        callback(null, { access_token: accessToken.reveal(), id_token: idToken?.reveal(), token_type: 'Bearer' }),
      (error: unknown) => {
        this.note(error);
        callback(error);
      },
    );
  }

  /** The issuer names the directory that the token itself names; the library then holds both against the signature. */
  override _idTokenHandler(...given: Parameters<OidcSteps['_idTokenHandler']>): void {
    const [{ id_token: text, metadata }, validation, , next] = given;
    try {
      const { tid } = readIdToken(text === undefined ? null : new Secret(text), this.settings);
      validation.issuer = metadata.oidc === undefined ? [] : [issuerFor(tid, metadata.oidc)];
    } catch (error) {
      this.note(error);
      return next(error);
    }
    return super._idTokenHandler(...given);
  }

  override _errorResponseHandler(error: string, description: string | undefined, next: Next): void {
    const refusal = consentRefused({ error, description: description ?? null });
    // A person who said no is simply not signed in.
    if (refusal.code !== 'unauthorized') this.note(refusal);
    next(refusal);
  }

  override failWithLog(message: string): void {
    if (this.refusal === null) this.fail(message);
    else this.error(this.refusal);
  }

  private note(error: unknown): void {
    if (error instanceof ProviderError) this.refusal = error;
  }
}

function strategyOptions(settings: OutlookSettings, host: SignInHost): IOIDCStrategyOptionWithRequest {
  return {
    identityMetadata: configurationUrl(settings),
    clientID: settings.clientId,
    // Never sent: the secret is chosen where the tokens are asked for.
    clientSecret: 'unused',
    responseType: 'code',
    responseMode: 'query',
    redirectUrl: host.callbackUrl,
    allowHttpForRedirectUrl: true,
    // Stands for the one that is set for each token.
    issuer: 'unknown',
    validateIssuer: true,
    passReqToCallback: true,
    sessionKey: SESSION_KEY,
    scope: [...signInScopes],
    loggingLevel: 'error',
    loggingNoPII: true,
  } as IOIDCStrategyOptionWithRequest;
}

/** With nine parameters the library gives everything it has. */
function verifier(settings: OutlookSettings, host: SignInHost): OidcVerify {
  return (request, _issuer, _subject, _profile, claims, accessToken, _refreshToken, _parameters, done) => {
    fetchAccount(idTokenClaims.parse(claims), { settings, ports: host, accessToken: new Secret(accessToken) }).then(
      (account) => done(null, account, { state: request.kept }),
      (error: unknown) => done(error),
    );
  };
}

function authorizeUrl(
  address: string,
  { settings, host, state, codeVerifier }: { settings: OutlookSettings; host: SignInHost; state: string; codeVerifier: string },
): string {
  const url = new URL(address);
  const parameters: Readonly<Record<string, string>> = {
    client_id: settings.clientId,
    redirect_uri: host.callbackUrl,
    response_type: 'code',
    response_mode: 'query',
    scope: signInScopes.join(' '),
    state,
    nonce: nonceOf(codeVerifier),
    code_challenge: sha256(codeVerifier),
    code_challenge_method: 'S256',
    prompt: 'select_account',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}

/** The request as the library wants to see it: with a session that holds this one attempt, under a state of its own. */
function returning(request: OidcRequest, { codeVerifier, kept }: { readonly codeVerifier: string; readonly kept: unknown }): OidcRequest {
  // The host's store says how long an attempt lives.
  const attempt = { state: ATTEMPT, nonce: nonceOf(codeVerifier), timeStamp: Infinity };
  return Object.create(request, {
    query: { value: { ...request.query, state: ATTEMPT } },
    session: { value: { [SESSION_KEY]: { content: [attempt] } } },
    kept: { value: kept },
  }) as OidcRequest;
}

/** Only who keeps the verifier knows which nonce belongs to it. */
function nonceOf(codeVerifier: string): string {
  return sha256(`nonce ${codeVerifier}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
