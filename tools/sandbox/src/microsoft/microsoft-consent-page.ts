import { escapeHtml, htmlPage } from '../html.ts';
import { hostOf } from '../oauth/connections-page.ts';
import { describeScope } from './microsoft-scopes.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';

/** The page on which a person picks an account and accepts what the application asks for, all of it or nothing. */
export function consentPage(page: {
  readonly redirectUri: string;
  readonly people: readonly MicrosoftPerson[];
  readonly hinted: MicrosoftPerson | null;
  readonly typed: string;
  readonly scopes: readonly string[];
  /** Whether this is for everybody of an organization. */
  readonly isForOrganization?: boolean;
  readonly problem?: string;
}): string {
  const { hinted, typed } = page;
  const people = page.people
    .map(
      (
        person,
      ) => `<label class="choice"><input type="radio" name="account" value="${escapeHtml(person.email)}"${person === hinted ? ' checked autofocus' : ''}>
<span>${escapeHtml(person.name)}<small>${escapeHtml(person.email)}, ${person.isPersonal ? 'personal' : 'work or school'}${person.isAdmin ? ', administrator' : ''}</small></span></label>`,
    )
    .join('\n');
  const scopes = page.scopes
    .map((scope) => `<li>${escapeHtml(describeScope(scope))} <small class="soft">${escapeHtml(scope)}</small></li>`)
    .join('\n');
  return htmlPage({
    title: 'Sign in with Microsoft (sandbox)',
    body: `<h1>${page.isForOrganization === true ? 'Permissions requested for your organization' : 'Sign in with Microsoft'}</h1>
<p class="soft">to continue to <strong>${escapeHtml(hostOf(page.redirectUri))}</strong></p>
${page.problem === undefined ? '' : `<p role="alert"><strong>${escapeHtml(page.problem)}</strong></p>`}
<form method="post">
<fieldset><legend>Pick an account</legend>
<div class="people">
${people}
<label class="choice"><input type="radio" name="account" value=""${hinted === null && (typed !== '' || page.people.length === 0) ? ' checked' : ''}>
<span>Another address<small>A new person is made if nobody has it.</small></span></label>
</div>
<input type="email" name="new_account" placeholder="name@example.com" aria-label="Another address" value="${escapeHtml(typed)}">
</fieldset>
<fieldset><legend>The application would like to</legend><ul>${scopes}</ul></fieldset>
<div class="actions">
<button name="decision" value="deny">Cancel</button>
<button class="primary" name="decision" value="allow">Accept</button>
</div>
</form>`,
  });
}

/** Where a person ends whose organization keeps consent to its administrators. */
export function adminNeededPage(page: { readonly person: MicrosoftPerson; readonly message: string }): string {
  return htmlPage({
    title: 'Need admin approval',
    body: `<h1>Need admin approval</h1>
<p>${escapeHtml(page.person.email)} cannot accept this; ask an administrator to grant permission to this application.</p>
<p class="soft">${escapeHtml(page.message)}</p>
<form method="post"><input type="hidden" name="account" value="${escapeHtml(page.person.email)}">
<div class="actions"><button name="decision" value="return">Return to the application without granting consent</button></div></form>`,
  });
}

/** An error that Microsoft shows itself; the person is not sent back. */
export function identityErrorPage(message: string): string {
  return htmlPage({ title: 'Sign in', body: `<h1>Sorry, but we’re having trouble signing you in.</h1>\n<p>${escapeHtml(message)}</p>` });
}

/** `response_mode=form_post`: the answer travels in a form. */
export function formPostPage(redirectUri: string, parameters: Readonly<Record<string, string>>): string {
  const fields = Object.entries(parameters)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n');
  return htmlPage({
    title: 'Continue',
    body: `<form method="post" action="${escapeHtml(redirectUri)}">\n${fields}\n<div class="actions"><button class="primary">Continue</button></div></form>`,
  });
}
