import type { AttentionItem, Connection } from '@daymark/api-contract';

/** Whether a person must act: none, recovering by itself, or needs action. */
export type Attention = 'none' | 'recovering' | 'needs-action';

export function attentionOf({
  status,
  last_error: problem,
  conditions,
}: Pick<Connection, 'status' | 'last_error' | 'conditions'>): Attention {
  if (status === 'expired') return 'needs-action';
  if (status === 'error') return problem?.who === 'nobody' ? 'recovering' : 'needs-action';
  if (status !== 'active') return 'none';
  if (conditions.some(({ condition }) => condition === 'scope-missing' || condition === 'held')) return 'needs-action';
  return problem !== null || conditions.some(({ condition }) => condition === 'rate-limited' || condition === 'late')
    ? 'recovering'
    : 'none';
}

/** What a person reads of a problem. */
export type Reason = Pick<AttentionItem, 'code' | 'message' | 'cause' | 'fix' | 'who' | 'since' | 'count'>;

/** Why it is as it is: the last error, or what the overview knows of a condition that somebody must end. */
export function reasonOf({ id, last_error: problem }: Connection, needsYou: readonly AttentionItem[]): Reason | null {
  if (problem !== null) return { ...problem, since: problem.first_seen_at };
  return needsYou.find(({ subject }) => subject.type === 'connection' && subject.id === id) ?? null;
}

/** How many connections wait for a person. */
export function countNeedsAction(needsYou: readonly AttentionItem[]): number {
  return needsYou.filter(({ subject }) => subject.type === 'connection').reduce((sum, { count }) => sum + count, 0);
}

/** Ends with a full stop, so that another sentence can follow. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What people read on the side chip of a condition. */
export function conditionName(condition: Connection['conditions'][number]['condition']): string {
  return condition === 'rate-limited' ? 'rate limited' : condition.replace('-', ' ').replace('read only', 'read-only');
}
