/**
 * Who can put it right: the caller (the program or form that sent the request), a person (the owner
 * of the account at the provider), an administrator of the tenant, whoever administers the account's
 * organisation at the provider, the operator of the installation, or nobody because it heals by itself.
 */
export type ProblemOwner = 'caller' | 'person' | 'tenant-admin' | 'provider-admin' | 'operator' | 'nobody';

/** What is always true of one kind of problem; the sentences are for people and never hold raw answers of a provider. */
export interface ProblemDefinition {
  /** HTTP status. */
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly fix: string;
  readonly who: ProblemOwner;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean;
}

/** Writes one entry of the catalogue. */
export function problem(
  status: number,
  title: string,
  cause: string,
  fix: string,
  who: ProblemDefinition['who'],
  retry?: 'retryable',
): ProblemDefinition {
  return { status, title, cause, fix, who, retryable: retry === 'retryable' };
}
