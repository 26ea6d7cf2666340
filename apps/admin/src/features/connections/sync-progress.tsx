import type { Run } from '@daymark/api-contract';
import { ActionIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconRefresh, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { counted } from '../../lib/format-time.ts';
import { isFinished } from './use-runs.ts';

interface SyncProgressProps {
  readonly title: string;
  readonly runs: readonly Run[];
  readonly onClose: () => void;
}

/** Runs that were started here, as they go on; the end is announced politely. */
export function SyncProgress({ title, runs, onClose }: SyncProgressProps): ReactNode {
  const finished = runs.filter(isFinished);
  const failed = runs.filter((run) => run.state === 'failed' || run.state === 'interrupted' || run.state === 'held');
  const isOver = finished.length === runs.length;
  return (
    <section className="panel progress" aria-label={title}>
      {isOver ? <IconCheck size={16} aria-hidden="true" /> : <IconRefresh size={16} className="turning" aria-hidden="true" />}
      <div className="grow">
        <p role="status">
          <b>{title}</b>{' '}
          {runs.length === 0
            ? 'had nothing to do.'
            : isOver
              ? `ended: ${totals(runs)}.`
              : `goes on: ${finished.length} of ${counted(runs.length, 'calendar')}.`}
        </p>
        {!isOver && <p className="dim xs">{totals(runs)}</p>}
        {failed.length > 0 && (
          <p className="danger-text xs">
            {counted(failed.length, 'run')} failed: {failed[0]?.error?.message ?? 'the reason is in its run'}
          </p>
        )}
        {runs.length > 0 && (
          <progress className="progress-bar" value={finished.length} max={runs.length} aria-label={`${title}, runs finished`} />
        )}
      </div>
      <ActionIcon aria-label="Close progress" onClick={onClose}>
        <IconX size={16} aria-hidden="true" />
      </ActionIcon>
    </section>
  );
}

/** Pulled and pushed in a row. */
export function RunCounts({ runs }: { readonly runs: readonly Run[] }): ReactNode {
  const isOver = runs.every(isFinished);
  const failed = runs.find((run) => run.state === 'failed');
  return (
    <span className="run-counts" role="status">
      {failed !== undefined && <IconAlertTriangle size={14} color="var(--dm-status-error)" aria-hidden="true" />}
      {failed === undefined && isOver && <IconCheck size={14} color="var(--dm-status-active)" aria-hidden="true" />}
      {failed === undefined ? totals(runs) : (failed.error?.message ?? 'Failed')}
    </span>
  );
}

/** `12 pulled, 1 pushed` over all runs. */
export function totals(runs: readonly Run[]): string {
  const pulled = runs.reduce((sum, run) => sum + run.counts.pulled, 0);
  const pushed = runs.reduce((sum, run) => sum + run.counts.pushed, 0);
  return `${pulled.toLocaleString('en')} pulled, ${pushed.toLocaleString('en')} pushed`;
}
