import { randomUUID } from 'node:crypto';
import type { CallReply } from '../call-runner.ts';
import type { PkceChallenge } from '../oauth/pkce.ts';
import { AadstsError, describe, stampOf } from './microsoft-aadsts.ts';
import { addPerson } from './microsoft-add-person.ts';
import type { Authority } from './microsoft-authority.ts';
import { checkAudience, checkMembership, readAuthority } from './microsoft-authority.ts';
import { adminNeededPage, consentPage, formPostPage, identityErrorPage } from './microsoft-consent-page.ts';
import { checkSignIn, grantCode, isConsented } from './microsoft-grants.ts';
import { findPerson, openTenant } from './microsoft-people.ts';
import { normaliseScopes } from './microsoft-scopes.ts';
import type { MicrosoftClient, MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

interface Asked {
  readonly client: MicrosoftClient;
  readonly authority: Authority;
  readonly segment: string;
  readonly redirectUri: string;
  readonly query: URLSearchParams;
}

/** GET shows the page, POST (with a form) decides; `prompt=none` answers at once. */
export async function answerAuthorize(
  world: MicrosoftWorld,
  call: { segment: string; query: URLSearchParams; form: URLSearchParams | null },
): Promise<CallReply> {
  const asked = readAsked(world, call);
  if (asked instanceof AadstsError) return { status: 400, body: identityErrorPage(describeNow(world, asked)) };
  try {
    const reply = decide(world, asked, call.form);
    await world.flush();
    return reply;
  } catch (error) {
    if (error instanceof AadstsError) return back(asked, refusal(world, error));
    throw error;
  }
}

function decide(world: MicrosoftWorld, asked: Asked, form: URLSearchParams | null): CallReply {
  const { query } = asked;
  const scopes = scopesOf(query);
  if (query.get('response_type') !== 'code') {
    return back(asked, { error: 'unsupported_response_type', error_description: 'AADSTS70007: The response type is not supported.' });
  }
  const challenge = challengeOf(query);
  const prompt = query.get('prompt');
  if (prompt !== null && !['login', 'none', 'consent', 'select_account'].includes(prompt)) throw new AadstsError(9002313);
  if (prompt === 'none') return silently(world, asked, { scopes, challenge });
  if (form === null) return showConsent(world, asked, { scopes });
  if (form.get('decision') === 'return') throw new AadstsError(90094);
  // The subcode is not confirmed.
  if (form.get('decision') !== 'allow') return back(asked, { ...refusal(world, new AadstsError(65004)), error_subcode: 'cancel' });
  const typed = form.get('account') || form.get('new_account') || query.get('login_hint') || '';
  const person = chosen(world, typed);
  if (person === null) return showConsent(world, asked, { scopes, problem: 'Pick an account or type an address.' });
  try {
    checkMembership(person, asked);
    checkSignIn(person);
  } catch (error) {
    if (error instanceof AadstsError) return { status: 400, body: identityErrorPage(describeNow(world, error)) };
    throw error;
  }
  if (
    !isConsented(world, asked.client.id, { person, scopes }) &&
    !person.isAdmin &&
    openTenant(world, person.tenantId).requiresAdminConsent
  ) {
    return { status: 403, body: adminNeededPage({ person, message: describeNow(world, new AadstsError(90094)) }) };
  }
  return grant(world, asked, { person, scopes, challenge });
}

/** @returns AadstsError for what cannot be answered by a redirect */
function readAsked(world: MicrosoftWorld, { segment, query }: { segment: string; query: URLSearchParams }): Asked | AadstsError {
  try {
    const authority = readAuthority(world, segment);
    const id = query.get('client_id') ?? '';
    if (id === '') return new AadstsError(90014, { detail: "Field: 'client_id'." });
    const client = world.state.clients.get(id);
    if (client === undefined) return new AadstsError(700016, { detail: `Application identifier: ${id}.` });
    if (client.isDisabled) return new AadstsError(7000112);
    checkAudience(client, authority);
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!client.redirectUris.includes(redirectUri)) return new AadstsError(50011, { detail: `Redirect URI: ${redirectUri}.` });
    return { client, authority, segment: segment.toLowerCase(), redirectUri, query };
  } catch (error) {
    if (error instanceof AadstsError) return error;
    throw error;
  }
}

function scopesOf(query: URLSearchParams): string[] {
  const asked = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (asked.length === 0) throw new AadstsError(90014, { detail: "Field: 'scope'." });
  const scopes = normaliseScopes(asked);
  if (scopes === null) throw new AadstsError(70011, { detail: `Scope: ${asked.join(' ')}.` });
  return scopes;
}

function challengeOf(query: URLSearchParams): PkceChallenge | null {
  const value = query.get('code_challenge');
  if (value === null) return null;
  const method = query.get('code_challenge_method') ?? 'plain';
  if ((method !== 'S256' && method !== 'plain') || !/^[A-Za-z0-9\-._~]{43,128}$/.test(value)) throw new AadstsError(9002313);
  return { value, method };
}

function showConsent(world: MicrosoftWorld, asked: Asked, { scopes, problem }: { scopes: readonly string[]; problem?: string }): CallReply {
  const hint = asked.query.get('login_hint');
  const hinted = hint === null ? null : findPerson(world, hint);
  const people = [...world.state.people.values()].filter((person) => isMember(person, asked));
  const typed = hinted === null && hint?.includes('@') === true ? hint : '';
  const body = consentPage({ redirectUri: asked.redirectUri, people, hinted, typed, scopes, problem });
  return {
    status: problem === undefined ? 200 : 400,
    body,
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
  };
}

function isMember(person: MicrosoftPerson, asked: Asked): boolean {
  try {
    checkMembership(person, asked);
    return true;
  } catch {
    return false;
  }
}

function silently(world: MicrosoftWorld, asked: Asked, wish: { scopes: readonly string[]; challenge: PkceChallenge | null }): CallReply {
  const hint = asked.query.get('login_hint');
  const person = hint === null ? null : findPerson(world, hint);
  if (person === null) throw new AadstsError(50058);
  checkSignIn(person);
  if (!isConsented(world, asked.client.id, { person, scopes: wish.scopes })) throw new AadstsError(65001, { error: 'consent_required' });
  return grant(world, asked, { ...wish, person });
}

function chosen(world: MicrosoftWorld, typed: string): MicrosoftPerson | null {
  const person = findPerson(world, typed);
  if (person !== null) return person;
  try {
    return addPerson(world, { email: typed });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function grant(
  world: MicrosoftWorld,
  asked: Asked,
  consent: { person: MicrosoftPerson; scopes: readonly string[]; challenge: PkceChallenge | null },
): CallReply {
  const { client, segment, redirectUri, query } = asked;
  const code = grantCode(world, { ...consent, client, authority: segment, redirectUri, nonce: query.get('nonce') });
  return { ...back(asked, { code, session_state: randomUUID() }), applied: true };
}

/** Sends the answer to the application in the way that it asked for. */
function back(asked: Asked, parameters: Readonly<Record<string, string>>): CallReply {
  const state = asked.query.get('state');
  const all = { ...parameters, ...(state === null ? {} : { state }) };
  const mode = asked.query.get('response_mode') ?? 'query';
  if (mode === 'form_post') return { status: 200, body: formPostPage(asked.redirectUri, all) };
  const url = new URL(asked.redirectUri);
  if (mode === 'fragment') url.hash = new URLSearchParams(all).toString();
  else for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  return { status: 302, headers: { location: url.href } };
}

export function refusal(world: MicrosoftWorld, error: AadstsError): Record<string, string> {
  const claims: Record<string, string> = error.more.claims === undefined ? {} : { claims: error.more.claims };
  return { error: error.error, error_description: describeNow(world, error), ...claims };
}

export function describeNow(world: MicrosoftWorld, error: AadstsError): string {
  return describe(error, { trace: randomUUID(), correlation: randomUUID(), timestamp: stampOf(world.clock.now()) });
}
