import { Inject, Injectable } from '@nestjs/common';
import { DomainError, MINUTE_MS, Secret, type Uuid } from '@daymark/domain';
import type { Request, Response } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { cookieOf, cookieOptions } from '../http/session-cookie.ts';
import { SetupLinkTokens } from './setup-link-tokens.ts';

const COOKIE = 'daymark_setup';
/** As long as a consent may take. */
const COOKIE_MS = 10 * MINUTE_MS;
/** Only the way back from a provider gets it. */
const COOKIE_PATH = '/oauth';

/** Whoever came with a setup link and is away at a provider: their browser holds the link until it comes back. */
@Injectable()
export class SetupVisitors {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly tokens: SetupLinkTokens,
  ) {}

  /** Where a visitor's consent ends, when the link names no other place. */
  get endPage(): string {
    return `${this.configuration.publicUrl}/setup/result`;
  }

  bindingOf(setupLinkId: Uuid): `setup_link:${string}` {
    return `setup_link:${setupLinkId}`;
  }

  remember(response: Response, token: Secret): void {
    response.cookie(COOKIE, token.reveal(), { ...cookieOptions(this.configuration.publicUrl), path: COOKIE_PATH, maxAge: COOKIE_MS });
  }

  /** What a browser that comes back is bound to; null when it did not come with a setup link. */
  async of(request: Request): Promise<{ readonly binding: `setup_link:${string}` } | null> {
    const token = cookieOf(request, COOKIE);
    if (token === undefined) return null;
    try {
      return { binding: this.bindingOf((await this.tokens.find(new Secret(token))).setupLinkId) };
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
  }
}
