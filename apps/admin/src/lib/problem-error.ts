import type { ProblemBody } from '@daymark/api-contract';

export type ProblemOwner = ProblemBody['who'];

/** What an unsuccessful answer said; also made for a server that cannot be reached. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.body = body;
  }

  get code(): string {
    return this.body.code;
  }

  get status(): number {
    return this.body.status;
  }

  get retryable(): boolean {
    return this.body.retryable;
  }
}

/** Every thrown thing as a problem, so that each can be shown with cause and fix. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError({
    type: '/problems/internal',
    title: 'This part of the app failed',
    status: 500,
    detail: error instanceof Error ? error.message : String(error),
    instance: '',
    code: 'internal',
    cause: 'The app met something it does not know, for example an answer of a newer server.',
    fix: 'Reload the page to get the current version; if it stays, tell whoever runs this installation what stands above.',
    who: 'operator',
    retryable: false,
    request_id: '',
  });
}

/** The request never got an answer. */
export function unreachable(detail: string, instance = ''): ProblemError {
  return new ProblemError({
    type: '/problems/not-ready',
    title: 'The server could not be reached',
    status: 0,
    detail,
    instance,
    code: 'not-ready',
    cause: 'The network is down, or the server is being restarted.',
    fix: 'Check the connection and try again; nothing was lost.',
    who: 'operator',
    retryable: true,
    request_id: '',
  });
}

/** Who has to act, in words. */
export const ownerNames: Readonly<Record<ProblemOwner, string>> = {
  caller: 'You, here',
  person: 'The owner of the account',
  'tenant-admin': 'An administrator of the tenant',
  'provider-admin': 'The administrator of the organisation at the calendar service',
  operator: 'Whoever runs this installation',
  nobody: 'Nobody, it heals by itself',
};

/** The refused fields of a form by their JSON pointer: `/sync/past_days` to its message. */
export function fieldMessages(problem: ProblemError): ReadonlyMap<string, string> {
  return new Map((problem.body.errors ?? []).map(({ pointer, message }) => [pointer, message]));
}
