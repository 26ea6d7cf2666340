import type { FaultRules } from './fault-rules.ts';
import type { Journal } from './journal.ts';
import type { PageRules } from './page-rules.ts';

/** What every simulator answers with: the rules that shape answers, the journal, and the present. */
export interface SandboxTools {
  readonly faults: FaultRules;
  readonly pages: PageRules;
  readonly journal: Journal;
  readonly now: () => number;
}
