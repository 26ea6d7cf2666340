import type { ProblemCode } from '@daymark/domain';
import type { Problem } from './generated/types.gen.ts';

/** What every call throws when the API answers with a problem; `code` says which, `fix` what to do. */
export class ProblemError<Code extends ProblemCode = ProblemCode> extends Error {
  override readonly name = 'ProblemError';
  readonly code: Code;
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem & { readonly code: Code }) {
    super(`${problem.title}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.problem = problem;
  }

  /** One sentence that says what to do. */
  get fix(): string {
    return this.problem.fix;
  }

  /** The reference to quote when asking for help. */
  get requestId(): string {
    return this.problem.request_id;
  }
}

/** Thrown when something between here and the API answered in its place, without a problem body. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly status: number;

  constructor(status: number) {
    super(`The server answered ${status} without saying why; is this the address of the API?`);
    this.status = status;
  }
}

/** Whether an error is one of these problems; afterwards its `code` is known to be one of them. */
export function isProblem<Code extends ProblemCode>(error: unknown, ...codes: readonly Code[]): error is ProblemError<Code> {
  return error instanceof ProblemError && (codes as readonly ProblemCode[]).includes(error.code);
}

/** The problem in an answer; null when its body is something else. */
export async function readProblem(response: Response): Promise<Problem | null> {
  try {
    const body: unknown = await response.json();
    return isProblemBody(body) ? body : null;
  } catch {
    return null;
  }
}

function isProblemBody(body: unknown): body is Problem {
  return (
    typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'retryable' in body && 'title' in body
  );
}
