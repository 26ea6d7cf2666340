import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { emailField } from '../fields/text.ts';
import { instantOut } from '../fields/times.ts';
import { issue, issueExample } from './problem.ts';

/** Who did what; before and after can be erased without breaking the chain. */
export const auditEvent = z
  .object({
    id: idOut('auditEvent'),
    sequence: z.int(),
    at: instantOut,
    actor: z.object({ kind: z.enum(['user', 'api_key', 'platform']), id: z.string().nullable(), label: z.string() }),
    action: z.string().meta({ example: 'connection.disconnected' }),
    subject: z.object({ type: z.string(), id: z.string().nullable() }),
    request_id: z.string().nullable(),
    outcome: z.enum(['done', 'refused', 'failed']),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    erased: z.boolean(),
    digest: z.string().meta({ description: 'Hash over this entry and the digest of the one before.' }),
  })
  .meta({ id: 'AuditEvent' });

export const auditVerification = z
  .object({
    intact: z.boolean(),
    checked: z.int(),
    head: z.string().nullable(),
    first_broken_sequence: z.int().nullable(),
    verified_at: instantOut,
  })
  .meta({ id: 'AuditVerification' });

export const erasureIn = z
  .strictObject({ user_id: idField('user').optional(), email: emailField.optional() })
  .refine((body) => (body.user_id === undefined) !== (body.email === undefined), { error: 'give either user_id or email', path: ['email'] })
  .meta({ id: 'ErasureInput' });

/** What was, or would be, erased. */
export const erasure = z
  .object({
    id: z.string(),
    state: z.enum(['planned', 'running', 'done']),
    dry_run: z.boolean(),
    counts: z.object({
      accounts: z.int(),
      connections: z.int(),
      events: z.int(),
      meetings: z.int(),
      attendees: z.int(),
      deliveries: z.int(),
      audit_details: z.int(),
    }),
    requested_at: instantOut,
  })
  .meta({ id: 'Erasure' });

/** Background work that was given up. */
export const deadLetter = z
  .object({
    id: z.string(),
    queue: z.string().meta({ example: 'write-placement' }),
    subject: z.object({ type: z.string(), id: z.string() }).nullable(),
    attempts: z.int(),
    failed_at: instantOut,
    problem: issue.nullable(),
    state: z.enum(['failed', 'replayed']),
    replayed_at: instantOut.nullable(),
  })
  .meta({ id: 'DeadLetter' });

export type AuditEvent = z.output<typeof auditEvent>;
export type AuditVerification = z.output<typeof auditVerification>;
export type Erasure = z.output<typeof erasure>;
export type DeadLetter = z.output<typeof deadLetter>;

export const auditEventExample: AuditEvent = {
  id: exampleId('auditEvent'),
  sequence: 88,
  at: '2027-03-07T09:12:03Z',
  actor: { kind: 'user', id: exampleId('user'), label: 'Ada Example' },
  action: 'connection.updated',
  subject: { type: 'connection', id: exampleId('connection') },
  request_id: 'req_7f3c',
  outcome: 'done',
  before: { label: 'Work' },
  after: { label: 'Work (Berlin)' },
  erased: false,
  digest: '9f2c51d0',
};

export const deadLetterExample: DeadLetter = {
  id: exampleId('job'),
  queue: 'write-placement',
  subject: { type: 'meeting', id: exampleId('meeting') },
  attempts: 10,
  failed_at: '2027-03-07T09:12:03Z',
  problem: issueExample,
  state: 'failed',
  replayed_at: null,
};

export const erasureExample: Erasure = {
  id: exampleId('job'),
  state: 'running',
  dry_run: false,
  counts: { accounts: 1, connections: 2, events: 640, meetings: 3, attendees: 5, deliveries: 9, audit_details: 14 },
  requested_at: '2027-03-07T09:12:03Z',
};
