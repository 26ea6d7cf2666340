import { z } from 'zod';
import { needs } from '../access.ts';
import { exampleId, idParam } from '../fields/ids.ts';
import { dryRunQuery, pageOf, pageQuery, queryList, wholePage } from '../fields/lists.ts';
import { instantIn, isSpanOrdered, spanBackwards } from '../fields/times.ts';
import { operation } from '../operation.ts';
import {
  auditEvent,
  auditEventExample,
  auditVerification,
  deadLetter,
  deadLetterExample,
  erasure,
  erasureExample,
  erasureIn,
} from '../resources/audit.ts';
import { overview, overviewExample } from '../resources/insight.ts';
import { mailTest, mailTestIn, settings, settingsExample, settingsIn, settingsInExample } from '../resources/settings.ts';

export const insightOperations = {
  getOverview: operation({
    id: 'getOverview',
    method: 'get',
    path: '/v1/insights/overview',
    tag: 'Insights',
    access: needs('insights:read', 'viewer'),
    isIdempotent: false,
    summary: 'What is broken, for whom, and what to do first',
    status: 200,
    response: overview,
    problems: [],
    example: { response: overviewExample },
  }),
};

export const settingsOperations = {
  getSettings: operation({
    id: 'getSettings',
    method: 'get',
    path: '/v1/settings',
    tag: 'Settings',
    access: needs('settings:read', 'viewer'),
    isIdempotent: false,
    summary: 'How the tenant behaves',
    status: 200,
    response: settings,
    problems: [],
    example: { response: settingsExample },
  }),
  replaceSettings: operation({
    id: 'replaceSettings',
    method: 'put',
    path: '/v1/settings',
    tag: 'Settings',
    access: needs('settings:write', 'admin'),
    isIdempotent: false,
    summary: 'Replace the settings as a whole',
    body: settingsIn,
    status: 200,
    response: settings,
    ifMatch: 'optional',
    problems: [],
    example: { body: settingsInExample, response: settingsExample },
  }),
  testMail: operation({
    id: 'testMail',
    method: 'post',
    path: '/v1/settings/mail/test',
    tag: 'Settings',
    access: needs('settings:write', 'admin'),
    isIdempotent: true,
    summary: 'Send a test mail',
    body: mailTestIn,
    status: 200,
    response: mailTest,
    problems: ['mail-failed'],
    example: {
      body: { to: 'ada@corp.example' },
      response: { accepted: true, message_id: '<test.1@corp.example>', transport: 'smtp://localhost:2525' },
    },
  }),
};

export const auditOperations = {
  listAuditEvents: operation({
    id: 'listAuditEvents',
    method: 'get',
    path: '/v1/audit-events',
    tag: 'Audit and privacy',
    access: needs('audit:read', 'admin'),
    isIdempotent: false,
    summary: 'Who did what, latest first',
    query: z
      .strictObject({
        ...pageQuery,
        from: instantIn.optional(),
        to: instantIn.optional(),
        action: queryList(z.string().max(60)).optional(),
        actor_id: z.string().max(60).optional(),
        subject_id: z.string().max(60).optional(),
        request_id: z.string().max(100).optional(),
      })
      .refine(isSpanOrdered, spanBackwards),
    status: 200,
    response: pageOf(auditEvent).meta({ id: 'AuditEventPage' }),
    problems: ['cursor-invalid'],
    example: { query: { subject_id: exampleId('connection') }, response: wholePage(auditEventExample) },
  }),
  verifyAuditEvents: operation({
    id: 'verifyAuditEvents',
    method: 'post',
    path: '/v1/audit-events/verify',
    tag: 'Audit and privacy',
    access: needs('audit:read', 'admin'),
    isIdempotent: false,
    summary: 'Check that no entry was changed or taken out',
    status: 200,
    response: auditVerification,
    problems: [],
    example: {
      response: { intact: true, checked: 88, head: '9f2c51d0', first_broken_sequence: null, verified_at: '2027-03-07T09:12:03Z' },
    },
  }),
  createErasure: operation({
    id: 'createErasure',
    method: 'post',
    path: '/v1/privacy/erasures',
    tag: 'Audit and privacy',
    access: needs('privacy:write', 'admin'),
    isIdempotent: true,
    summary: 'Erase everything about a person',
    description: 'Withdraws access at the providers, then deletes. The audit keeps that it happened, and its chain stays intact.',
    query: z.strictObject(dryRunQuery),
    body: erasureIn,
    status: 202,
    response: erasure,
    takesDryRun: true,
    problems: ['not-found', 'last-owner'],
    example: { body: { email: 'sam@customer.example' }, response: erasureExample },
  }),
};

export const deadLetterOperations = {
  listDeadLetters: operation({
    id: 'listDeadLetters',
    method: 'get',
    path: '/v1/dead-letters',
    tag: 'Background work',
    access: needs('sync:read', 'admin'),
    isIdempotent: false,
    summary: 'Background work that was given up, latest first',
    query: z.strictObject({ ...pageQuery, queue: z.string().max(60).optional(), state: z.enum(['failed', 'replayed']).optional() }),
    status: 200,
    response: pageOf(deadLetter).meta({ id: 'DeadLetterPage' }),
    problems: ['cursor-invalid'],
    example: { response: wholePage(deadLetterExample) },
  }),
  replayDeadLetter: operation({
    id: 'replayDeadLetter',
    method: 'post',
    path: '/v1/dead-letters/{dead_letter_id}/replay',
    tag: 'Background work',
    access: needs('sync:write', 'admin'),
    isIdempotent: true,
    summary: 'Do it again; the failed attempt stays on record',
    params: z.object({ dead_letter_id: idParam('job') }),
    status: 202,
    response: deadLetter,
    problems: ['already-replayed'],
    example: {
      params: { dead_letter_id: exampleId('job') },
      response: { ...deadLetterExample, state: 'replayed', replayed_at: '2027-03-07T10:00:00Z' },
    },
  }),
};
