import { problemCodes, problemDefinition, type ProblemCode, type ProblemOwner } from '@daymark/domain';
import { escapeHtml, htmlPage } from './html-page.ts';

const who: Readonly<Record<ProblemOwner, string>> = {
  caller: 'Whoever sends the request',
  person: 'The person whose account it is',
  'tenant-admin': 'An administrator of the tenant',
  'provider-admin': 'The administrator of the organisation at the calendar service',
  operator: 'The operator of this installation',
  nobody: 'Nobody: it heals by itself',
};

/** One case of a problem, as a person meets it in the browser. */
export interface ProblemCase {
  readonly detail: string;
  readonly requestId: string;
}

/** The page of one problem: what it means, what to do and who can. */
export function problemPage(code: ProblemCode, met?: ProblemCase): string {
  const { title, status, cause, fix, who: owner, retryable } = problemDefinition(code);
  const rows: [string, string][] = [
    ...(met === undefined ? [] : ([['What happened', met.detail]] as [string, string][])),
    ['Cause', cause],
    ['What to do', fix],
    ['Who can put it right', who[owner]],
    ['Same request again', retryable ? 'May succeed later, unchanged.' : 'Will be refused again until something changes.'],
    ['HTTP status', String(status)],
    ...(met === undefined ? [] : ([['Reference', met.requestId]] as [string, string][])),
  ];
  const list = rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n');
  const on = met === undefined ? '<a href="/problems">All problems</a>' : '<a href="/">Go on to Daymark</a>';
  return htmlPage(title, `<h1>${escapeHtml(title)}</h1>\n<p><code>${escapeHtml(code)}</code></p>\n<dl>\n${list}\n</dl>\n<p>${on}</p>`);
}

/** The catalogue as one page. */
export function problemList(): string {
  const rows = problemCodes.map((code) => {
    const { title, status } = problemDefinition(code);
    return `<tr><td>${status}</td><td><a href="/problems/${code}"><code>${code}</code></a></td><td>${escapeHtml(title)}</td></tr>`;
  });
  return htmlPage(
    'Problems',
    `<h1>Problems</h1>\n<p>Everything that an answer of this installation can complain about.</p>\n<table>\n${rows.join('\n')}\n</table>`,
  );
}
