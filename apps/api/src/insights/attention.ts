import type { AttentionItem } from '@daymark/api-contract';
import { formatInstant, problemDefinition, type Instant, type ProblemCode, type Uuid } from '@daymark/domain';

/** One thing that only a person can put right, before those of the same cause are put together. */
export interface Trouble {
  readonly subject: AttentionItem['subject'];
  readonly provider: string | null;
  readonly code: ProblemCode;
  readonly message: string;
  readonly since: Instant;
  /** Meetings of the next days that it touches. */
  readonly meetingIds: readonly Uuid[];
}

/** The same cause once, with how many stand behind it; most meetings affected first, then the oldest. */
export function attentionItems(troubles: readonly Trouble[]): AttentionItem[] {
  const groups = [...Map.groupBy(troubles, causeOf)].map(([cause, all]) => ({
    cause,
    all,
    affected: new Set(all.flatMap(({ meetingIds }) => meetingIds)).size,
    since: Math.min(...all.map(({ since }) => since)) as Instant,
  }));
  return groups
    .sort((one, other) => other.affected - one.affected || one.since - other.since || (one.cause < other.cause ? -1 : 1))
    .map(({ cause, all, affected, since }): AttentionItem => {
      const [worst] = all.toSorted((one, other) => other.meetingIds.length - one.meetingIds.length || one.since - other.since);
      const { subject, provider, code, message } = worst!;
      const { title, cause: why, fix, who } = problemDefinition(code);
      const shown = all.length === 1 ? subject : { type: subject.type, id: null, label: `${subject.label} and ${all.length - 1} more` };
      return {
        id: cause,
        subject: shown,
        provider,
        code,
        title,
        message,
        cause: why,
        fix,
        who,
        since: formatInstant(since),
        count: all.length,
        meetings_affected: affected,
      };
    });
}

function causeOf({ subject, code, provider }: Trouble): string {
  return [subject.type, code, ...(provider === null ? [] : [provider])].join(':');
}
