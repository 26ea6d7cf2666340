import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '@daymark/domain';
import type { Request, Response } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { cookieOf, cookieOptions, SESSION_MS, sessionCookieName } from '../http/session-cookie.ts';

/** The session's token between us and the browser: in an HttpOnly cookie and nowhere else. */
@Injectable()
export class SessionAnswer {
  constructor(@Inject(CONFIGURATION) private readonly configuration: Configuration) {}

  tokenOf(request: Request): Secret {
    return new Secret(cookieOf(request, sessionCookieName(this.configuration.publicUrl)) ?? '');
  }

  give(response: Response, token: Secret): void {
    response.cookie(sessionCookieName(this.configuration.publicUrl), token.reveal(), {
      ...cookieOptions(this.configuration.publicUrl),
      maxAge: SESSION_MS,
    });
  }

  take(response: Response): void {
    response.clearCookie(sessionCookieName(this.configuration.publicUrl), cookieOptions(this.configuration.publicUrl));
  }

  /** Sends the browser on within the app; anything that is not a path of ours leads to its start. */
  goOn(response: Response, to: string | undefined): void {
    const isOurs = to !== undefined && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(to);
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(302, isOurs ? to : '/');
  }
}
