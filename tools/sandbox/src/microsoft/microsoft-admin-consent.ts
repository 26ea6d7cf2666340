import type { CallReply } from '../call-runner.ts';
import { AadstsError } from './microsoft-aadsts.ts';
import { describeNow, refusal } from './microsoft-authorize.ts';
import { checkMembership, readAuthority } from './microsoft-authority.ts';
import { consentPage, identityErrorPage } from './microsoft-consent-page.ts';
import { findPerson, openTenant } from './microsoft-people.ts';
import { ALL_SCOPES, normaliseScopes } from './microsoft-scopes.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** An administrator grants scopes for everybody of a tenant. GET shows the page, POST decides. */
export async function answerAdminConsent(
  world: MicrosoftWorld,
  call: { segment: string; query: URLSearchParams; form: URLSearchParams | null },
): Promise<CallReply> {
  const { query, form } = call;
  const client = world.state.clients.get(query.get('client_id') ?? '');
  const redirectUri = query.get('redirect_uri') ?? '';
  try {
    const authority = readAuthority(world, call.segment);
    if (authority.kind === 'common') throw new AadstsError(90002, { detail: "Tenant 'common'." });
    if (client === undefined) throw new AadstsError(700016);
    if (!client.redirectUris.includes(redirectUri)) throw new AadstsError(50011);
    const scopes = readScopes(query.get('scope') ?? '.default');
    const back = (parameters: Readonly<Record<string, string>>): CallReply => {
      const url = new URL(redirectUri);
      const state = query.get('state');
      for (const [name, value] of Object.entries({ ...parameters, admin_consent: 'True', ...(state === null ? {} : { state }) })) {
        url.searchParams.set(name, value);
      }
      return { status: 302, headers: { location: url.href } };
    };
    const people = [...world.state.people.values()].filter((person) => person.isAdmin);
    const hinted = findPerson(world, query.get('login_hint') ?? '');
    if (form === null)
      return { status: 200, body: consentPage({ redirectUri, people, hinted, typed: '', scopes, isForOrganization: true }) };
    if (form.get('decision') !== 'allow') return back({ ...refusal(world, new AadstsError(65004, { error: 'consent_required' })) });
    const admin = findPerson(world, form.get('account') || query.get('login_hint') || '');
    if (admin?.isAdmin !== true) throw new AadstsError(90094);
    checkMembership(admin, { authority, client });
    const tenant = openTenant(world, admin.tenantId);
    tenant.adminGrants.set(client.id, [...new Set([...(tenant.adminGrants.get(client.id) ?? []), ...scopes])]);
    world.touch();
    await world.flush();
    return { ...back({ tenant: tenant.id, scope: scopes.join(' ') }), applied: true };
  } catch (error) {
    if (error instanceof AadstsError) return { status: 400, body: identityErrorPage(describeNow(world, error)) };
    throw error;
  }
}

/** `.default` stands for all that the application is registered for; here that is everything. */
function readScopes(text: string): string[] {
  const asked = text.split(' ').filter((scope) => scope !== '');
  if (asked.some((scope) => scope.replace('https://graph.microsoft.com/', '') === '.default')) return [...ALL_SCOPES];
  const scopes = normaliseScopes(asked);
  if (scopes === null) throw new AadstsError(70011);
  return scopes;
}
