import { escapeHtml, htmlPage } from '../html.ts';
import { hostOf } from '../oauth/connections-page.ts';
import { describeScope, isSignInScope } from './google-scopes.ts';
import type { GoogleAccount } from './google-state.ts';

/** The page on which a person picks an account and says what the application may do. */
export function consentPage(page: {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly people: readonly GoogleAccount[];
  readonly hint: string | null;
  readonly scopes: readonly string[];
  readonly problem?: string;
}): string {
  const hinted = page.people.find((person) => person.email === page.hint || person.sub === page.hint);
  const typed = hinted === undefined && page.hint !== null && page.hint.includes('@') ? page.hint : '';
  const choosable = page.scopes.filter((scope) => !isSignInScope(scope));
  const people = page.people
    .map(
      (
        person,
      ) => `<label class="choice"><input type="radio" name="account" value="${escapeHtml(person.email)}"${person === hinted ? ' checked autofocus' : ''}>
<span>${escapeHtml(person.name)}<small>${escapeHtml(person.email)}, ${escapeHtml(person.timeZone)}</small></span></label>`,
    )
    .join('\n');
  const scopes = choosable
    .map(
      (scope) => `<label class="choice"><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked>
<span>${escapeHtml(describeScope(scope))}<small>${escapeHtml(scope)}</small></span></label>`,
    )
    .join('\n');
  return htmlPage({
    title: 'Sign in with Google (sandbox)',
    body: `<h1>Sign in with Google</h1>
<p class="soft">to continue to <strong>${escapeHtml(hostOf(page.redirectUri))}</strong></p>
${page.problem === undefined ? '' : `<p role="alert"><strong>${escapeHtml(page.problem)}</strong></p>`}
<form method="post">
<input type="hidden" name="granular" value="1">
<fieldset><legend>Choose an account</legend>
<div class="people">
${people}
<label class="choice"><input type="radio" name="account" value=""${hinted === undefined && (typed !== '' || page.people.length === 0) ? ' checked' : ''}>
<span>Another address<small>A new person is made if nobody has it.</small></span></label>
</div>
<input type="email" name="new_account" placeholder="name@example.com" aria-label="Another address" value="${escapeHtml(typed)}">
</fieldset>
${choosable.length === 0 ? '' : `<fieldset><legend>The application wants to</legend>\n${scopes}\n</fieldset>`}
<div class="actions">
<button name="decision" value="deny">Cancel</button>
<button class="primary" name="decision" value="allow">Allow</button>
</div>
</form>`,
  });
}

/** An error that Google shows itself; the person is not sent back. */
export function authorizeErrorPage(error: { readonly status: number; readonly code: string; readonly description: string }): string {
  return htmlPage({
    title: 'Access blocked',
    body: `<h1>Access blocked: this request is invalid</h1>
<p>${escapeHtml(error.description)}</p>
<p class="soft">Error ${error.status}: ${escapeHtml(error.code)}</p>`,
  });
}
