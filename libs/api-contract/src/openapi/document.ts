import type { ZodOpenApiObject, ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import { problemCodes, problemDefinition } from '@daymark/domain';
import type { ProblemCode } from '@daymark/domain';
import type { Access } from '../access.ts';
import { wireNames, problemMediaType } from '../headers.ts';
import type { Operation } from '../operation.ts';
import { problemsOf } from '../operation.ts';
import { operations } from '../operations/all.ts';
import { problem } from '../resources/problem.ts';
import { problemBody } from '../problem-body.ts';
import { headerComponents, headerParameters } from './header-components.ts';

export interface DocumentOptions {
  /** Where the API answers: `http://localhost:4400`. */
  readonly serverUrl: string;
  readonly version: string;
}

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of all operations, made from the schemas that validate. */
export function openApiDocument({ serverUrl, version }: DocumentOptions): OpenApiDocument {
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Daymark API',
      version,
      description:
        'Calendars of people, kept in step; who is free; meetings that cannot collide. Times are RFC 3339 with an offset in requests and UTC in answers.',
    },
    servers: [{ url: serverUrl }],
    tags: tags(),
    paths: paths(),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key; it belongs to one tenant and has a role and scopes.' },
        session: { type: 'apiKey', in: 'cookie', name: wireNames.sessionCookie, description: 'A person in a browser.' },
      },
      parameters: headerParameters,
      headers: headerComponents,
      responses: failureComponents(),
      examples: Object.fromEntries(problemCodes.map((code) => [code, problemExample(code)])),
    },
  };
  return createDocument(document, {
    override: ({ jsonSchema, zodSchema, io }) => {
      // Answers may gain members without a new version, so readers must not refuse unknown ones. What
      // is used both ways is strict (it has a catchall) and stays one component.
      const isStrict = 'catchall' in zodSchema._zod.def && zodSchema._zod.def.catchall !== undefined;
      if (io === 'output' && !isStrict && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
}

function tags(): { name: string }[] {
  return [...new Set(all().map((one) => one.tag))].map((name) => ({ name }));
}

function all(): readonly Operation[] {
  return Object.values(operations);
}

function paths(): ZodOpenApiPathsObject {
  const found: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const one of all()) {
    const path = (found[one.path] ??= {});
    path[one.method] = operationObject(one);
  }
  return found;
}

function operationObject(one: Operation): ZodOpenApiOperationObject {
  const description = [one.description, accessText(one.access)].filter((text) => text !== undefined).join('\n\n');
  return {
    operationId: one.id,
    tags: [one.tag],
    summary: one.summary,
    ...(description === '' ? {} : { description }),
    security: security(one.access),
    ...(one.access.kind === 'credential' ? { 'x-scope': one.access.scope, 'x-least-role': one.access.role } : {}),
    requestParams: {
      ...(one.params === undefined ? {} : { path: one.params }),
      ...(one.query === undefined ? {} : { query: one.query }),
    },
    parameters: headerRefs(one),
    ...(one.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: one.body, ...(one.example?.body === undefined ? {} : { example: one.example.body }) },
            },
          },
        }),
    responses: { [String(one.status)]: success(one), ...failures(one) } as ZodOpenApiOperationObject['responses'],
  };
}

function headerRefs(one: Operation): { $ref: string }[] {
  const names: (keyof typeof headerParameters)[] = [];
  if (one.isIdempotent) names.push('IdempotencyKey');
  if (one.ifMatch === 'required') names.push('IfMatch');
  if (one.ifMatch === 'optional') names.push('IfMatchOptional');
  if (one.access.kind === 'credential') names.push('TenantId');
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function success(one: Operation): ZodOpenApiResponseObject {
  const headers = {
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...(one.access.kind === 'public' ? {} : { 'X-Provider-Requests': { $ref: '#/components/headers/ProviderRequests' } }),
    ...(hasEtag(one) ? { ETag: { $ref: '#/components/headers/ETag' } } : {}),
    ...(one.access.kind === 'public'
      ? {}
      : { RateLimit: { $ref: '#/components/headers/RateLimit' }, 'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' } }),
    ...(one.isIdempotent ? { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } } : {}),
    ...(one.status === 302 ? { Location: { $ref: '#/components/headers/Location' } } : {}),
  };
  const description = successText[one.status] ?? 'Done';
  if (one.response !== null) {
    const example = one.example?.response;
    return {
      description,
      headers,
      content: { 'application/json': { schema: one.response, ...(example === undefined ? {} : { example }) } },
    };
  }
  if (one.media === undefined) return { description, headers };
  return {
    description,
    headers,
    content: { [one.media]: { schema: one.media === 'application/json' ? { type: 'object' } : { type: 'string' } } },
  };
}

const successText: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Made',
  202: 'Begun; it goes on in the background',
  204: 'Done; there is nothing to say',
  302: 'Go on there',
};

/** Whether the answer is one versioned resource. */
function hasEtag(one: Operation): boolean {
  return (
    one.response !== null && 'shape' in one.response && Object.hasOwn(one.response.shape as object, 'version') && one.id !== 'getSession'
  );
}

/** Answers with the same problems are one component, named after them. */
function failures(one: Operation): Record<string, { $ref: string }> {
  return Object.fromEntries(
    problemGroups(one).map(({ status, codes }) => [String(status), { $ref: `#/components/responses/${codes.join('.')}` }]),
  );
}

function failureComponents(): Record<string, ZodOpenApiResponseObject> {
  const groups = all().flatMap(problemGroups);
  return Object.fromEntries(groups.map((group) => [group.codes.join('.'), failure(group)]));
}

interface ProblemGroup {
  readonly status: number;
  readonly codes: readonly ProblemCode[];
}

/** The problems of an operation by status, in the order of the catalogue. */
function problemGroups(one: Operation): readonly ProblemGroup[] {
  const byStatus = new Map<number, ProblemCode[]>();
  const codes = new Set(problemsOf(one));
  for (const code of problemCodes.filter((known) => codes.has(known))) {
    const { status } = problemDefinition(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus].map(([status, found]) => ({ status, codes: found })).sort((left, right) => left.status - right.status);
}

function failure({ status, codes }: ProblemGroup): ZodOpenApiResponseObject {
  return {
    description: codes.map((code) => `\`${code}\` ${problemDefinition(code).title}`).join('; '),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(status === 429 || status === 503 ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: {
      [problemMediaType]: {
        schema: problem,
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

function problemExample(code: ProblemCode): { summary: string; value: unknown } {
  const definition = problemDefinition(code);
  return { summary: definition.title, value: problemBody(code, { detail: definition.cause, instance: '/v1/…', requestId: 'req_7f3c' }) };
}

function security(access: Access): Record<string, string[]>[] {
  if (access.kind === 'public') return [];
  if (access.kind === 'session') return [{ session: [] }];
  return [{ bearer: [access.scope] }, { session: [] }];
}

function accessText(access: Access): string | undefined {
  if (access.kind === 'credential' && access.role === 'platform')
    return 'For the operator of the installation: the owner whose address it was started with, signed in with a browser.';
  if (access.kind === 'credential') return `Needs the scope \`${access.scope}\` and at least the role \`${access.role}\`.`;
  return access.kind === 'session' ? 'For people signed in with a browser.' : undefined;
}
