import type { Connection } from '@daymark/api-contract';

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

/** What people read on the side chip of a condition. */
export function conditionName(condition: Connection['conditions'][number]['condition']): string {
  return condition === 'rate-limited' ? 'rate limited' : condition.replace('-', ' ').replace('read only', 'read-only');
}
