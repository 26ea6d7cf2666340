import type { Run } from '@daymark/api-contract';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call, endpoint } from '../../lib/api.ts';

const listSyncRuns = endpoint<'listSyncRuns'>({ method: 'get', path: '/v1/sync/runs', takesKey: false });
const getSyncRun = endpoint<'getSyncRun'>({ method: 'get', path: '/v1/sync/runs/{run_id}', takesKey: false });
const createSyncRun = endpoint<'createSyncRun'>({ method: 'post', path: '/v1/sync/runs', takesKey: true });

/** Browsers open few streams to one server at a time, and pages need some of them. */
const STREAMS_AT_ONCE = 3;

/** The latest runs of a connection, or only those that did not end well. */
export function runsQuery(connectionId: string, only: 'failed' | undefined) {
  return queryOptions({
    queryKey: ['runs', connectionId, only ?? 'all'],
    queryFn: async ({ signal }) => {
      const outcome = only === 'failed' ? ['failed', 'interrupted', 'held'] : undefined;
      return (await call(listSyncRuns, { query: { connection_id: [connectionId], outcome, limit: 25 }, signal })).data;
    },
    refetchInterval: 15_000,
  });
}

/** `all`, or the id of a connection. */
export type SyncScope = 'all' | { readonly connectionId: string; readonly mode?: Run['mode'] };

export function useStartSync() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (scope: SyncScope) =>
      call(createSyncRun, {
        body: scope === 'all' ? { scope } : { scope: 'connection', connection_id: scope.connectionId, mode: scope.mode ?? 'incremental' },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['runs'] }),
  });
}

export function isFinished(run: Pick<Run, 'state'>): boolean {
  return run.state !== 'queued' && run.state !== 'running';
}

/** The runs as they go on, from the event streams of the server. */
export function useRunProgress(started: readonly Run[]): readonly Run[] {
  const queryClient = useQueryClient();
  const [seen, setSeen] = useState<ReadonlyMap<string, Run>>(new Map());
  const runs = started.map((run) => seen.get(run.id) ?? run);
  const watched = runs
    .filter((run) => !isFinished(run))
    .slice(0, STREAMS_AT_ONCE)
    .map((run) => run.id)
    .join(' ');
  const isOver = started.length > 0 && watched === '';

  useEffect(() => {
    if (watched === '') return;
    const show = (run: Run): void => setSeen((before) => new Map(before).set(run.id, run));
    const stops = watched.split(' ').map((id) => watchRun(id, show));
    return () => stops.forEach((stop) => stop());
  }, [watched]);
  useEffect(() => {
    if (!isOver) return;
    for (const key of ['connections', 'runs', 'calendars', 'overview', 'events']) void queryClient.invalidateQueries({ queryKey: [key] });
  }, [isOver, queryClient]);
  return runs;
}

function watchRun(id: string, onRun: (run: Run) => void): () => void {
  const source = new EventSource(`/v1/sync/runs/${encodeURIComponent(id)}/stream`);
  source.addEventListener('run', (message: MessageEvent<string>) => {
    const run = JSON.parse(message.data) as Run;
    onRun(run);
    if (isFinished(run)) source.close();
  });
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return;
    call(getSyncRun, { params: { run_id: id } }).then(onRun, () => undefined);
  });
  return () => source.close();
}
