import type { Uuid } from '@daymark/domain';
import { SequencerJob } from '../../src/audit/sequencer.job.ts';
import type { TestApp } from './test-app.ts';

/** Numbers what is committed now, without waiting for the tick. */
export async function numberChanges(test: TestApp, tenantId: Uuid): Promise<void> {
  await test.get(SequencerJob).handle({ tenantId }, new AbortController().signal);
}
