import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError, formatId } from '@daymark/domain';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Credentials, type Identified } from '../http/credentials.ts';
import { problemOf } from '../http/problem-of.ts';
import { AdminConsent } from './admin-consent.ts';
import { SetupVisitors } from '../setup-links/setup-visitors.ts';
import { AuthorizationService, bindingOf, type Binding } from './authorization.service.ts';
import { StateUnknownError } from './oauth-states.repository.ts';

export interface CallbackQuery {
  readonly state?: string;
  readonly code?: string;
  readonly error?: string;
  readonly error_description?: string;
  /** What an administrator's way back has instead of a code. */
  readonly admin_consent?: string;
}

type Refusal = Pick<CallbackQuery, 'error'> & { readonly error_description?: string | null };

/** The way back from the provider: ends on one of five pages of the app, whatever happened. */
@Injectable()
export class OAuthCallback {
  readonly #logger = new Logger('Connecting');

  constructor(
    private readonly authorization: AuthorizationService,
    private readonly approval: AdminConsent,
    private readonly credentials: Credentials,
    private readonly visitors: SetupVisitors,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** Where the browser goes now. */
  async finish(request: Request, { provider, query }: { provider: string; query: CallbackQuery }): Promise<string> {
    const identified = await this.#identify(request);
    const visitor = await this.visitors.of(request);
    try {
      if (query.state === undefined) throw new StateUnknownError('the provider sent no state');
      if (query.error === undefined && query.admin_consent !== undefined) return await this.#approved(query.state);
      if (query.error !== undefined || query.code === undefined) return await this.#refused(query.state, query);
      const bindings: Binding[] = [
        ...(identified === null ? [] : [bindingOf(identified)]),
        ...(visitor === null ? [] : [visitor.binding]),
        'any-api-key',
      ];
      const connected = await this.authorization.finish({ state: query.state, code: query.code, provider, bindings });
      return this.#page(connected.returnUrl, { outcome: 'connected', connection_id: formatId('connection', connected.connectionId) });
    } catch (error) {
      const { code, isUnexpected } = problemOf(error);
      if (identified !== null && error instanceof StateUnknownError) await this.authorization.auditRefusal(identified.tenantId, code);
      if (isUnexpected) this.#logger.error({ error }, 'connecting an account failed');
      else this.#logger.warn({ code }, 'a way back from a provider was refused');
      const page = identified === null && visitor !== null ? this.visitors.endPage : null;
      return this.#page(page, { outcome: code === 'admin-consent-required' ? 'admin-consent' : 'failed', code });
    }
  }

  async #refused(state: string, { error = 'no code', error_description: description = null }: Refusal): Promise<string> {
    const { provider, returnUrl, meaning, adminConsentUrl } = await this.authorization.refuse(state, { error, description });
    if (meaning.code === 'unauthorized') return this.#page(returnUrl, { outcome: 'denied', code: 'oauth-denied' });
    const { code } = problemOf(meaning);
    return this.#page(returnUrl, {
      ...(code === 'admin-consent-required' ? { outcome: 'admin-consent', code, provider } : { outcome: 'failed', code }),
      // Not for our own page: anybody could write an address there, so that it asks for one itself.
      ...(returnUrl === null || adminConsentUrl === null ? {} : { admin_consent_url: adminConsentUrl }),
    });
  }

  async #approved(state: string): Promise<string> {
    const { returnUrl } = await this.approval.approved(state);
    return this.#page(returnUrl, { outcome: 'approved' });
  }

  /** Null when the browser is not signed in: states of API keys come back that way. */
  async #identify(request: Request): Promise<Identified | null> {
    try {
      return await this.credentials.identify(request);
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
  }

  #page(returnUrl: string | null, outcome: Readonly<Record<string, string>>): string {
    const url = new URL(returnUrl ?? `${this.configuration.publicUrl}/connect/result`);
    for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
    return url.toString();
  }
}
