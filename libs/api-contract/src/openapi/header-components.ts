import type { ZodOpenApiHeaderObject } from 'zod-openapi';
import { wireNames } from '../headers.ts';

/** Request headers that several operations take. */
export const headerParameters = {
  IdempotencyKey: {
    name: wireNames.idempotencyKey,
    in: 'header',
    required: false,
    description:
      'Any text of your own, up to 255 characters. The same key and body within 24 hours does it once and repeats the first answer.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: '5f6e0c1e-0f5e-4f52-8a3e-2a1d0c6a9b77',
  },
  IfMatch: {
    name: wireNames.ifMatch,
    in: 'header',
    required: true,
    description: 'The ETag that you read. Another version by now answers 412.',
    schema: { type: 'string' },
    example: '"3"',
  },
  IfMatchOptional: {
    name: wireNames.ifMatch,
    in: 'header',
    required: false,
    description: 'The ETag that you read. Another version by now answers 412.',
    schema: { type: 'string' },
    example: '"3"',
  },
  TenantId: {
    name: wireNames.tenant,
    in: 'header',
    required: false,
    description: 'Only with a key of the platform: in which tenant to act.',
    schema: { type: 'string' },
  },
} as const;

/** Response headers. */
export const headerComponents: Record<string, ZodOpenApiHeaderObject> = {
  ETag: { description: 'The version of what is returned.', schema: { type: 'string' }, example: '"3"' },
  RequestId: { description: 'The reference of this answer.', schema: { type: 'string' } },
  RateLimit: {
    description: 'What is left, by draft-ietf-httpapi-ratelimit-headers.',
    schema: { type: 'string' },
    example: '"default";r=98;t=42',
  },
  RateLimitPolicy: { description: 'The limit that applies.', schema: { type: 'string' }, example: '"default";q=100;w=60' },
  ProviderRequests: { description: 'How many calls to calendar services this request cost.', schema: { type: 'integer' }, example: 0 },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer' }, example: 30 },
  IdempotencyReplayed: { description: 'true when this answer was given before.', schema: { type: 'string', enum: ['true'] } },
  Location: { description: 'Where the browser goes on.', schema: { type: 'string' } },
};
