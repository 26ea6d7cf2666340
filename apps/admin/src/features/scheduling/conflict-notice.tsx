import type { Alternative, ConflictCheck, ConflictItem } from '@daymark/api-contract';
import { Button, Loader } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, counted } from '../../lib/format-time.ts';

interface ConflictNoticeProps {
  readonly check: UseQueryResult<ConflictCheck>;
  readonly isAsked: boolean;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}

/** Whether the chosen time is free; every change is announced politely. */
export function ConflictNotice({ check, isAsked, zone, onChoose }: ConflictNoticeProps): ReactNode {
  return (
    <div className="conflict" role="status" aria-live="polite">
      {!isAsked && <p className="dim">Choose a time; whether it is free is shown here.</p>}
      {isAsked && check.isPending && (
        <p className="row">
          <Loader size={14} /> Checking this time…
        </p>
      )}
      {isAsked && check.isError && <ProblemNotice error={check.error} onRetry={() => void check.refetch()} />}
      {isAsked && check.data?.free === true && (
        <p className="verdict" style={toneOf('active')}>
          <IconCircleCheck size={16} aria-hidden="true" />
          Everyone is free.
        </p>
      )}
      {isAsked && check.data?.free === false && (
        <Conflicts conflicts={check.data.conflicts} alternatives={check.data.alternatives} zone={zone} onChoose={onChoose} />
      )}
    </div>
  );
}

interface ConflictsProps {
  readonly conflicts: readonly ConflictItem[];
  readonly alternatives: readonly Alternative[];
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}

/** What stands in the way, and times that would work. */
export function Conflicts({ conflicts, alternatives, zone, onChoose }: ConflictsProps): ReactNode {
  const now = useNow();
  return (
    <div className="verdict-block" style={toneOf('expired')}>
      <p className="verdict">
        <IconAlertTriangle size={16} aria-hidden="true" />
        {verdictOf(conflicts)}
      </p>
      <ul>
        {conflicts.map((conflict) => (
          <li key={`${conflict.code} ${conflict.start} ${conflict.member ?? ''}`}>
            {conflict.message}
            {conflict.title !== null && <span className="dim"> {conflict.title}</span>}
          </li>
        ))}
      </ul>
      {alternatives.length > 0 && (
        <div className="row wrap" role="group" aria-label="Other times">
          <span className="dim">Instead:</span>
          {alternatives.map(({ start }) => (
            <Button key={start} size="xs" onClick={() => onChoose(start)}>
              {absolute(Date.parse(start), zone, now)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Not knowing is not a conflict, and is said as what it is. */
function verdictOf(conflicts: readonly ConflictItem[]): string {
  const known = conflicts.filter(({ code }) => code !== 'unknown').length;
  if (known > 0) return `Not free: ${counted(known, 'conflict')}.`;
  return conflicts.length > 0 ? 'Not known: nobody can say whether everyone is free.' : 'Not free any more.';
}
