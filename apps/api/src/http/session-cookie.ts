import { createHmac } from 'node:crypto';
import { wireNames } from '@daymark/api-contract';
import type { CookieOptions, Request } from 'express';
import { equalInConstantTime } from '../crypto/hashing.ts';

/** How long a session lasts. */
export const SESSION_MS = 12 * 3_600_000;

/** `__Host-` where browsers allow it (https), so that no other host of the domain can set it. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${wireNames.sessionCookie}` : wireNames.sessionCookie;
}

/** The text of a cookie. cookie-parser makes an object of one that begins with `j:`, which none of ours does. */
export function cookieOf(request: Pick<Request, 'cookies'>, name: string): string | undefined {
  const cookies = request.cookies as Readonly<Record<string, unknown>>;
  const value = Object.hasOwn(cookies, name) ? cookies[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function cookieOptions(publicUrl: string): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'), path: '/' };
}

/** The token that a page of ours sends back with what it writes; another site can neither read nor guess it. */
export function csrfToken(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('daymark csrf').digest('base64url');
}

export function isCsrfToken(sessionToken: string, given: string | undefined): boolean {
  return given !== undefined && equalInConstantTime(csrfToken(sessionToken), given);
}
