import { problemCodes } from '@daymark/domain';
import { z } from 'zod';
import { instantOut } from '../fields/times.ts';
import { alternative, conflictItem } from './conflict.ts';

export const problemOwners = ['caller', 'person', 'tenant-admin', 'provider-admin', 'operator', 'nobody'] as const;

export const problemOwner = z.enum(problemOwners).meta({
  id: 'ProblemOwner',
  description:
    'Who can put it right; `provider-admin` administers the organisation of the account at the calendar service, `nobody` means that it heals by itself.',
});

export const problemCode = z.enum(problemCodes as [(typeof problemCodes)[number]]).meta({ id: 'ProblemCode' });

/** One refused field; `pointer` is a JSON pointer into the body, or `?name` for a query parameter. */
export const fieldError = z
  .object({ pointer: z.string(), message: z.string(), code: z.string().optional() })
  .meta({ id: 'FieldError', description: 'One refused field: a JSON pointer into the body, or ?name for a query parameter.' });

/** The body of every answer that is not a success, RFC 9457. */
export const problem = z
  .object({
    type: z.string().meta({ description: 'Address of the page that explains the problem.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: problemCode,
    cause: z.string(),
    fix: z.string(),
    who: problemOwner,
    retryable: z.boolean(),
    request_id: z.string(),
    retry_after: z.int().optional().meta({ description: 'Seconds to wait.' }),
    errors: z.array(fieldError).optional(),
    provider: z
      .object({ name: z.string(), status: z.int().nullable(), code: z.string().nullable() })
      .optional()
      .meta({ description: 'What the calendar service said: its status and short code, never its text.' }),
    conflicts: z.array(conflictItem).optional(),
    alternatives: z.array(alternative).optional(),
    current_version: z.int().optional(),
    limited_by: z.enum(['platform', 'provider']).optional(),
    run_id: z.string().optional(),
    admin_consent_url: z.string().optional().meta({ description: 'Where an administrator of the organisation approves the app.' }),
  })
  .meta({ id: 'Problem' });

/** A problem that is shown within an answer, because it concerns a part and not the request. */
export const issue = z
  .object({
    code: problemCode,
    message: z.string().meta({ description: 'What happened in this case.' }),
    cause: z.string(),
    fix: z.string(),
    who: problemOwner,
    first_seen_at: instantOut,
    count: z.int(),
  })
  .meta({ id: 'Issue' });

export type ProblemBody = z.output<typeof problem>;
export type FieldError = z.output<typeof fieldError>;
export type Issue = z.output<typeof issue>;

export const issueExample: Issue = {
  code: 'reauthorization-required',
  message: 'Google answered invalid_grant.',
  cause: 'The provider no longer accepts our access, for example because the password was changed or access was withdrawn.',
  fix: 'Reconnect the account; calendars, settings and meetings are kept.',
  who: 'person',
  first_seen_at: '2027-03-07T10:02:11Z',
  count: 1,
};
