import { Inject, Injectable, type CanActivate, type ExecutionContext, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { operations } from '@daymark/api-contract';
import { Clock, DomainError, IdSource, MINUTE_MS } from '@daymark/domain';
import { ProviderError, ProviderRegistry, type CalendarProvider, type SignInFlow } from '@daymark/provider-contract';
import type { Response } from 'express';
import passport from 'passport';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { readInput } from '../http/read-input.ts';
import { cookieOf, cookieOptions } from '../http/session-cookie.ts';
import { OutboundHttp } from '../outbound/outbound-http.ts';
import { Chance } from '../ports/ports.ts';
import { SignInStates, type SignInRequest } from './sign-in-states.ts';

const BINDING_COOKIE = 'daymark_sign_in';
const BINDING_MS = 10 * MINUTE_MS;

type SignInProvider = CalendarProvider & { readonly signIn: SignInFlow };

interface SignInInput {
  readonly query: { readonly code?: string; readonly error?: string; readonly return_to?: string };
}

/**
 * Runs Passport's strategy of the provider named in the path: on the way out it redirects, on the way
 * back it leaves the remote account as `request.user`. Strategies are made by the providers.
 */
@Injectable()
export class SignInGuard implements CanActivate, OnModuleInit, OnModuleDestroy {
  /** Passport's strategies are global to a process, apps are not. */
  readonly #scope: string;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly registry: ProviderRegistry,
    private readonly states: SignInStates,
    private readonly outbound: OutboundHttp,
    private readonly chance: Chance,
    private readonly clock: Clock,
    ids: IdSource,
  ) {
    this.#scope = ids.next();
  }

  onModuleInit(): void {
    for (const provider of this.registry.list().filter(canSignIn)) {
      const strategy = provider.signIn.strategy({
        callbackUrl: `${this.configuration.publicUrl}/auth/${provider.id}/callback`,
        stateStore: this.states,
        fetch: this.outbound.fetchFor(`${provider.id} sign-in`),
        now: () => this.clock.now(),
      });
      passport.use(this.#nameOf(provider), strategy);
    }
  }

  onModuleDestroy(): void {
    for (const provider of this.registry.list().filter(canSignIn)) passport.unuse(this.#nameOf(provider));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignInRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    const isReturn = request.path.endsWith('/callback');
    // The query goes to Passport and into the database before the handler would read it.
    const { query } = readInput(isReturn ? operations.finishSignIn : operations.startSignIn, request) as SignInInput;
    const provider = this.#provider(String(request.params['provider']));
    if (isReturn && query.code === undefined && query.error === undefined) {
      throw new DomainError('oauth-state-invalid', 'The provider sent back neither a code nor an error.');
    }
    request.signIn = {
      provider: provider.id,
      binding: isReturn ? (cookieOf(request, BINDING_COOKIE) ?? 'none') : this.#bind(response),
      returnTo: query.return_to ?? null,
    };
    const guard = new (passportGuard(this.#nameOf(provider), provider.signIn))();
    return (await guard.canActivate(context)) as boolean;
  }

  #bind(response: Response): string {
    const binding = this.chance.bytes(24).toString('base64url');
    response.cookie(BINDING_COOKIE, binding, { ...cookieOptions(this.configuration.publicUrl), maxAge: BINDING_MS });
    return binding;
  }

  #provider(id: string): SignInProvider {
    const provider = this.registry.find(id);
    if (provider !== null && canSignIn(provider)) return provider;
    throw new DomainError('provider-not-configured', 'This installation offers no such way to sign in.');
  }

  #nameOf(provider: SignInProvider): string {
    return `${this.#scope}:${provider.id}`;
  }
}

function canSignIn(provider: CalendarProvider): provider is SignInProvider {
  return provider.signIn !== undefined;
}

/** Nest's guard around one strategy, with our words for what can go wrong. */
function passportGuard(strategy: string, flow: SignInFlow) {
  return class extends AuthGuard(strategy) {
    override getAuthenticateOptions() {
      return { ...flow.authenticateOptions, session: false };
    }

    override handleRequest<T>(error: unknown, user: T | false): T {
      if (error !== null && error !== undefined) throw refusalOf(error);
      if (user === false || user === undefined) throw new DomainError('oauth-denied', 'The provider did not sign you in.');
      return user;
    }
  };
}

function refusalOf(error: unknown): unknown {
  // passport-oauth2 wraps what its two calls throw: https://github.com/jaredhanson/passport-oauth2/blob/master/lib/errors/internaloautherror.js
  const cause = typeof error === 'object' && error !== null && 'oauthError' in error ? error.oauthError : error;
  if (cause instanceof DomainError) return cause;
  if (cause instanceof ProviderError && (cause.problem !== null || cause.code === 'unavailable' || cause.code === 'rate-limited'))
    return cause;
  return new DomainError('sign-in-failed', 'The provider did not confirm who you are.', {}, { cause });
}
