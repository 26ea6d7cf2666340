import { escapeHtml, htmlPage } from '../html.ts';

export interface ShownConnection {
  readonly email: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly grantedAt: string;
}

/** The person's page of applications with access, where it can be withdrawn. */
export function connectionsPage(connections: readonly ShownConnection[], describeScope: (scope: string) => string): string {
  const rows = connections
    .map(
      ({
        email,
        clientId,
        scopes,
        grantedAt,
      }) => `<tr><td>${escapeHtml(email)}</td><td>${escapeHtml(clientId)}<br><span class="soft">since ${escapeHtml(grantedAt)}</span></td>
<td>${scopes.map((scope) => escapeHtml(describeScope(scope))).join('<br>')}</td>
<td><form method="post"><input type="hidden" name="account" value="${escapeHtml(email)}"><input type="hidden" name="client_id" value="${escapeHtml(clientId)}">
<button>Remove access</button></form></td></tr>`,
    )
    .join('\n');
  return htmlPage({
    title: 'Third-party access',
    width: 'wide',
    body: `<h1>Apps with access to an account</h1>
<p class="soft">Removing access ends every token of that person and application at once.</p>
${connections.length === 0 ? '<p>No application has access.</p>' : `<table><thead><tr><th>Account</th><th>Application</th><th>Access</th><th></th></tr></thead><tbody>${rows}</tbody></table>`}`,
  });
}

export function hostOf(uri: string): string {
  try {
    return new URL(uri).host;
  } catch {
    return uri;
  }
}
