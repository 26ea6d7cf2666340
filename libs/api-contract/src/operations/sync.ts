import { z } from 'zod';
import { needs } from '../access.ts';
import { exampleId, idField, idParam } from '../fields/ids.ts';
import { dryRunQuery, pageOf, pageQuery, queryList, wholePage } from '../fields/lists.ts';
import { instantIn, isSpanOrdered, spanBackwards } from '../fields/times.ts';
import { operation } from '../operation.ts';
import { connectionStatus } from '../resources/connection.ts';
import {
  change,
  changeExample,
  run,
  runCreate,
  runExample,
  runStates,
  runTriggers,
  startedRuns,
  startedRunsExample,
  syncMode,
  syncStatusExample,
  syncStatusOut,
} from '../resources/sync.ts';

const params = z.object({ run_id: idParam('run') });
const paramsExample = { run_id: exampleId('run') };
const read = { tag: 'Sync', access: needs('sync:read', 'viewer'), isIdempotent: false, method: 'get' } as const;

export const syncOperations = {
  listChanges: operation({
    ...read,
    tag: 'Changes',
    access: needs('changes:read', 'viewer'),
    id: 'listChanges',
    path: '/v1/changes',
    summary: 'Every change of the tenant, once and in order',
    description: 'Without since: an empty page whose next_cursor is now. Keep next_cursor, also of the last page, and go on from it.',
    query: z.strictObject({
      since: z.string().max(2000).optional().meta({ description: 'next_cursor of the page before.' }),
      types: queryList(z.string().max(60)).optional().meta({ description: 'Only these types; `meeting.*` stands for all of meetings.' }),
      limit: pageQuery.limit,
    }),
    status: 200,
    response: z.object({ data: z.array(change), next_cursor: z.string(), has_more: z.boolean() }).meta({ id: 'ChangePage' }),
    problems: ['cursor-invalid', 'cursor-expired'],
    example: {
      query: { since: 'c2VxOjEyMDM', types: ['meeting.*'] },
      response: { data: [changeExample], next_cursor: 'c2VxOjEyMDQ', has_more: false },
    },
  }),
  getSyncStatus: operation({
    ...read,
    id: 'getSyncStatus',
    path: '/v1/sync/status',
    summary: 'How every connection keeps up',
    query: z.strictObject({ ...pageQuery, status: queryList(connectionStatus).optional() }),
    status: 200,
    response: syncStatusOut,
    problems: ['cursor-invalid'],
    example: { response: syncStatusExample },
  }),
  createSyncRun: operation({
    tag: 'Sync',
    access: needs('sync:write', 'member'),
    isIdempotent: true,
    id: 'createSyncRun',
    method: 'post',
    path: '/v1/sync/runs',
    summary: 'Sync everything, one connection or one calendar now',
    query: z.strictObject(dryRunQuery),
    body: runCreate,
    status: 202,
    response: startedRuns,
    takesDryRun: true,
    problems: ['not-found', 'connection-not-active', 'reauthorization-required', 'calendar-inactive', 'calendar-removed'],
    example: { body: { scope: 'all' }, response: startedRunsExample },
  }),
  listSyncRuns: operation({
    ...read,
    id: 'listSyncRuns',
    path: '/v1/sync/runs',
    summary: 'Runs, latest first',
    query: z
      .strictObject({
        ...pageQuery,
        connection_id: queryList(idField('connection')).optional(),
        calendar_id: queryList(idField('calendar')).optional(),
        outcome: queryList(z.enum(runStates)).optional(),
        trigger: queryList(z.enum(runTriggers)).optional(),
        mode: syncMode.optional(),
        from: instantIn.optional(),
        to: instantIn.optional(),
      })
      .refine(isSpanOrdered, spanBackwards),
    status: 200,
    response: pageOf(run).meta({ id: 'RunPage' }),
    problems: ['cursor-invalid'],
    example: { query: { outcome: ['failed', 'held'] }, response: wholePage(runExample) },
  }),
  getSyncRun: operation({
    ...read,
    id: 'getSyncRun',
    path: '/v1/sync/runs/{run_id}',
    summary: 'One run',
    params,
    status: 200,
    response: run,
    problems: [],
    example: { params: paramsExample, response: runExample },
  }),
  streamSyncRun: operation({
    ...read,
    id: 'streamSyncRun',
    path: '/v1/sync/runs/{run_id}/stream',
    summary: 'A run while it goes on',
    description: 'Server-sent events named `run`, each with the whole run as JSON; the stream ends with the run.',
    params,
    status: 200,
    response: null,
    media: 'text/event-stream',
    problems: [],
    example: { params: paramsExample },
  }),
};
