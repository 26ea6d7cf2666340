import type { CaseWords, ProblemCode } from '@daymark/domain';
import { problemDefinition } from '@daymark/domain';
import type { ProblemBody } from './resources/problem.ts';

export interface ProblemOccurrence {
  /** One sentence about this case. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  readonly requestId: string;
  /** Further members in their wire names, as a DomainError carries them; of the fixed ones they can replace cause, fix and who. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The body of a problem answer: what the catalogue says, and what this case adds. */
export function problemBody(code: ProblemCode, { detail, instance, requestId, data }: ProblemOccurrence): ProblemBody {
  const definition = problemDefinition(code);
  const { status, title, retryable } = definition;
  const { cause, fix, who } = { ...definition, ...(data as CaseWords | undefined) };
  return { ...data, type: problemType(code), title, status, detail, instance, code, cause, fix, who, retryable, request_id: requestId };
}

/** Address of the page that explains a problem; relative, because the product serves it itself. */
export function problemType(code: ProblemCode): string {
  return `/problems/${code}`;
}
