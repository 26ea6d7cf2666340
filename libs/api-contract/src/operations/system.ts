import { problemCodes } from '@daymark/domain';
import { z } from 'zod';
import { open } from '../access.ts';
import { operation } from '../operation.ts';
import { health, readiness } from '../resources/system.ts';

const common = { method: 'get', tag: 'System', access: open, isIdempotent: false, problems: [] } as const;

export const systemOperations = {
  getHealth: operation({
    ...common,
    id: 'getHealth',
    path: '/healthz',
    summary: 'Whether the process lives',
    status: 200,
    response: health,
    example: { response: { status: 'ok' } },
  }),
  getReadiness: operation({
    ...common,
    id: 'getReadiness',
    path: '/readyz',
    summary: 'Whether it can take work: database, queue and migrations',
    status: 200,
    response: readiness,
    problems: ['not-ready'],
    example: { response: { status: 'ok', checks: { database: { status: 'up' } } } },
  }),
  getMetrics: operation({
    ...common,
    id: 'getMetrics',
    path: '/metrics',
    summary: 'Numbers for Prometheus',
    status: 200,
    response: null,
    media: 'text/plain',
    example: {},
  }),
  getOpenApi: operation({
    ...common,
    id: 'getOpenApi',
    path: '/openapi.json',
    summary: 'This document',
    status: 200,
    response: null,
    media: 'application/json',
    example: {},
  }),
  receiveNotice: operation({
    ...common,
    id: 'receiveNotice',
    method: 'post',
    path: '/ingress/{provider}/{channel_id}',
    summary: 'Where a calendar service says that something changed',
    description:
      'Called by services only, at addresses that this installation gave them. A question whether somebody is there is answered with status 200 and its own text. Whatever else comes is answered with 202 when it is written down, also what is not genuine, of which nothing follows.',
    params: z.object({ provider: z.string().meta({ example: 'google' }), channel_id: z.string() }),
    status: 202,
    response: null,
    media: 'text/plain',
    problems: ['payload-too-large', 'unsupported-media-type', 'not-ready'],
    example: { params: { provider: 'google', channel_id: '0198c3f0-8a4e-7c3b-9d52-6f1a2b3c4d5e' } },
  }),
  getProblemPage: operation({
    ...common,
    id: 'getProblemPage',
    path: '/problems/{code}',
    summary: 'The page that explains a problem: cause, fix and who',
    params: z.object({ code: z.string().meta({ example: problemCodes[0] }) }),
    status: 200,
    response: null,
    media: 'text/html',
    example: { params: { code: 'slot-taken' } },
  }),
};
