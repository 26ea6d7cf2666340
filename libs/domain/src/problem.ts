import { calendarProblems } from './calendar-problems.ts';
import type { ProblemDefinition } from './problem-definition.ts';
import { requestProblems } from './request-problems.ts';

/**
 * Every problem that the product can report, once: the API, the admin app, mails and the command
 * line take status and words from here, and `/problems/{code}` shows each entry as a page.
 */
export const problems = { ...requestProblems, ...calendarProblems };

export type ProblemCode = keyof typeof problems;

/** All codes, sorted as in the catalogue. */
export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

export function problemDefinition(code: ProblemCode): ProblemDefinition {
  return problems[code];
}

/** What a case knows better than the catalogue; whole sentences, as there. */
export type CaseWords = Partial<Pick<ProblemDefinition, 'cause' | 'fix' | 'who'>>;

/**
 * What code below HTTP throws when a request cannot be done. `detail` is one sentence about this
 * case, safe to show; `data` holds further members of the problem body (`errors`, `conflicts`,
 * `alternatives`, `current_version`, `retry_after`, `provider` …), already in their wire names.
 * `cause`, `fix` and `who` among them ({@link CaseWords}) replace those of the catalogue.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ProblemCode;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, detail: string, data: Readonly<Record<string, unknown>> = {}, options?: { readonly cause?: unknown }) {
    super(detail, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = data;
  }

  get detail(): string {
    return this.message;
  }
}
