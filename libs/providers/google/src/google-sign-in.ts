import { Secret } from '@daymark/domain';
import type { SignedIn, SignInFlow, SignInHost } from '@daymark/provider-contract';
import { Strategy } from 'passport-google-oauth20';
import type { StrategyOptions } from 'passport-google-oauth20';
import type { GoogleSettings } from './google-options.ts';
import { signInScopes } from './google-scopes.ts';
import { fetchAccount, requestTokens } from './google-token.ts';

/** Signing in with Google; asks for identity only, and keeps none of the tokens. */
export function googleSignIn(settings: GoogleSettings): SignInFlow {
  return {
    label: 'Google',
    authenticateOptions: { accessType: 'online', prompt: 'select_account' },
    strategy: (host) => new GoogleSignInStrategy(settings, host),
  };
}

/**
 * passport-google-oauth20 with both of its calls going over the host's client: on its own it would use
 * `http.request` and put the access token into the address of the userinfo call.
 */
class GoogleSignInStrategy extends Strategy {
  // Not `#private`: Passport works on objects that inherit from the strategy.
  private readonly settings: GoogleSettings;
  private readonly host: SignInHost;

  constructor(settings: GoogleSettings, host: SignInHost) {
    super(strategyOptions(settings, host), (_accessToken, _refreshToken, profile: unknown, done) => {
      done(null, profile as SignedIn);
    });
    this.settings = settings;
    this.host = host;
    // By assignment, because the published types cannot say that there is no error.
    Object.assign(this._oauth2, {
      getOAuthAccessToken: (code: string, parameters: Record<string, string>, done: TokenCallback) => {
        requestTokens({ ...parameters, code }, { settings, ports: host }).then(
          ({ accessToken }) => done(null, accessToken.reveal(), null, {}),
          (error: unknown) => done(error),
        );
      },
    });
  }

  override userProfile(accessToken: string, done: (error?: unknown, profile?: SignedIn) => void): void {
    fetchAccount(new Secret(accessToken), { settings: this.settings, ports: this.host }).then(
      (account) => done(null, account),
      (error: unknown) => done(error),
    );
  }
}

type TokenCallback = (error: unknown, accessToken?: string, refreshToken?: null, results?: object) => void;

function strategyOptions(settings: GoogleSettings, host: SignInHost): StrategyOptions {
  return {
    clientID: settings.clientId,
    // Never sent: the secret is chosen where the tokens are asked for.
    clientSecret: 'unused',
    callbackURL: host.callbackUrl,
    authorizationURL: settings.authorizeUrl,
    tokenURL: settings.tokenUrl,
    userProfileURL: settings.userInfoUrl,
    scope: [...signInScopes],
    pkce: true,
    state: true,
    // The types of passport-oauth2 know only the store without PKCE.
    store: host.stateStore as unknown as StrategyOptions['store'],
  };
}
