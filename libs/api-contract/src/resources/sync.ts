import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { instantOut } from '../fields/times.ts';
import { connectionCondition, connectionStatus } from './connection.ts';
import { externalRef } from './meeting.ts';
import { issue } from './problem.ts';

/** incremental: what changed since last time. full: everything anew, swapped in when it is complete. */
export const syncModes = ['incremental', 'full'] as const;
export const runStates = ['queued', 'running', 'succeeded', 'failed', 'interrupted', 'held'] as const;
export const runTriggers = ['notice', 'tick', 'person', 'reconcile', 'retry', 'connected', 'window'] as const;

export const syncMode = z.enum(syncModes).meta({ id: 'SyncMode' });

/** What a run did. */
export const runCounts = z
  .object({
    pulled: z.int(),
    pushed: z.int(),
    created: z.int(),
    updated: z.int(),
    deleted: z.int(),
    skipped: z.int(),
    conflicts: z.int(),
    set_aside: z.int(),
  })
  .meta({ id: 'RunCounts' });

/** One attempt to bring one calendar up to date. */
export const run = z
  .object({
    id: idOut('run'),
    connection_id: idOut('connection'),
    calendar_id: idOut('calendar').nullable().meta({ description: 'Null while the list of calendars is read.' }),
    provider: z.string(),
    trigger: z.enum(runTriggers),
    mode: syncMode,
    state: z.enum(runStates),
    counts: runCounts,
    pages: z.int(),
    provider_requests: z.int(),
    bytes: z.int(),
    error: issue.nullable(),
    requested_by: z.string().nullable().meta({ description: 'The user or key that asked for it.' }),
    queued_at: instantOut,
    started_at: instantOut.nullable(),
    finished_at: instantOut.nullable(),
    duration_ms: z.int().nullable(),
  })
  .meta({ id: 'Run' });

/** Runs that were queued; one that is going on already is among them. */
export const startedRuns = z
  .object({
    run_id: idOut('run').nullable().meta({ description: 'The first of them; null when there was nothing to do.' }),
    data: z.array(run),
  })
  .meta({ id: 'StartedRuns' });

export const runCreate = z
  .discriminatedUnion('scope', [
    z.strictObject({ scope: z.literal('all'), mode: syncMode.default('incremental') }),
    z.strictObject({ scope: z.literal('connection'), connection_id: idField('connection'), mode: syncMode.default('incremental') }),
    z.strictObject({
      scope: z.literal('calendar'),
      calendar_id: idField('calendar'),
      mode: syncMode.default('incremental'),
      accept_deletions: z.boolean().default(false),
    }),
  ])
  .meta({ id: 'RunCreate' });

export const connectionSyncIn = z.strictObject({ mode: syncMode.default('incremental') }).meta({ id: 'ConnectionSyncInput' });

export const calendarSyncIn = z
  .strictObject({
    mode: syncMode.default('incremental'),
    accept_deletions: z.boolean().default(false).meta({ description: 'Let a run go on that was held because of many deletions.' }),
  })
  .meta({ id: 'CalendarSyncInput' });

/** How one connection keeps up. */
export const connectionSyncStatus = z
  .object({
    connection_id: idOut('connection'),
    provider: z.string(),
    label: z.string(),
    status: connectionStatus,
    conditions: z.array(connectionCondition),
    activity: z.enum(['idle', 'syncing']),
    last_success_at: instantOut.nullable(),
    lag_seconds: z.int().nullable(),
    next_run_at: instantOut.nullable(),
    running_run_id: idOut('run').nullable(),
    last_error: issue.nullable(),
  })
  .meta({ id: 'ConnectionSyncStatus' });

/** Numbers over all connections that the caller sees. */
export const syncSummary = z
  .object({
    connections: z.int(),
    syncing: z.int(),
    failing: z.int(),
    late: z.int(),
    max_lag_seconds: z.int().nullable(),
    runs_24h: z.int(),
    failed_runs_24h: z.int(),
    success_rate_24h: z.number().nullable(),
  })
  .meta({ id: 'SyncSummary' });

export const syncStatusOut = z
  .object({ summary: syncSummary, data: z.array(connectionSyncStatus), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .meta({ id: 'SyncStatus' });

/** One committed change; read the resource itself for its content. */
export const change = z
  .object({
    id: idOut('change'),
    sequence: z.int().meta({ description: 'Without gaps within a tenant.' }),
    type: z.string().meta({ example: 'meeting.booked' }),
    resource: z.object({ type: z.string(), id: z.string() }),
    version: z.int(),
    external_ref: externalRef.nullable(),
    at: instantOut,
  })
  .meta({ id: 'Change' });

export type Run = z.output<typeof run>;
export type RunCounts = z.output<typeof runCounts>;
export type StartedRuns = z.output<typeof startedRuns>;
export type ConnectionSyncStatus = z.output<typeof connectionSyncStatus>;
export type SyncSummary = z.output<typeof syncSummary>;
export type Change = z.output<typeof change>;

export const runExample: Run = {
  id: exampleId('run'),
  connection_id: exampleId('connection'),
  calendar_id: exampleId('calendar'),
  provider: 'google',
  trigger: 'person',
  mode: 'incremental',
  state: 'succeeded',
  counts: { pulled: 12, pushed: 1, created: 3, updated: 8, deleted: 1, skipped: 0, conflicts: 0, set_aside: 0 },
  pages: 1,
  provider_requests: 2,
  bytes: 18_204,
  error: null,
  requested_by: exampleId('user'),
  queued_at: '2027-03-07T09:12:00Z',
  started_at: '2027-03-07T09:12:01Z',
  finished_at: '2027-03-07T09:12:03Z',
  duration_ms: 2014,
};

export const startedRunsExample: StartedRuns = {
  run_id: exampleId('run'),
  data: [
    {
      ...runExample,
      state: 'queued',
      counts: { pulled: 0, pushed: 0, created: 0, updated: 0, deleted: 0, skipped: 0, conflicts: 0, set_aside: 0 },
      pages: 0,
      provider_requests: 0,
      bytes: 0,
      started_at: null,
      finished_at: null,
      duration_ms: null,
    },
  ],
};

export const syncStatusExample: z.output<typeof syncStatusOut> = {
  summary: {
    connections: 1,
    syncing: 0,
    failing: 0,
    late: 0,
    max_lag_seconds: 42,
    runs_24h: 288,
    failed_runs_24h: 1,
    success_rate_24h: 0.9965,
  },
  data: [
    {
      connection_id: exampleId('connection'),
      provider: 'google',
      label: 'Work',
      status: 'active',
      conditions: [],
      activity: 'idle',
      last_success_at: '2027-03-07T09:12:03Z',
      lag_seconds: 42,
      next_run_at: '2027-03-07T09:17:03Z',
      running_run_id: null,
      last_error: null,
    },
  ],
  next_cursor: null,
  has_more: false,
};

export const changeExample: Change = {
  id: exampleId('change'),
  sequence: 1204,
  type: 'meeting.booked',
  resource: { type: 'meeting', id: exampleId('meeting') },
  version: 2,
  external_ref: { type: 'deal', id: '42', url: 'https://crm.example/deals/42' },
  at: '2027-03-07T09:14:00Z',
};
