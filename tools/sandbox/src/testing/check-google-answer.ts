import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import formatsPlugin from 'ajv-formats';

interface DiscoverySchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, DiscoverySchema>>;
  readonly items?: DiscoverySchema;
  readonly additionalProperties?: DiscoverySchema;
}
interface DiscoveryMethod {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly response?: { readonly $ref: string };
}
interface DiscoveryDocument {
  readonly schemas: Readonly<Record<string, DiscoverySchema>>;
  readonly resources: Readonly<Record<string, { readonly methods: Readonly<Record<string, DiscoveryMethod>> }>>;
}

const document = JSON.parse(
  readFileSync(new URL('../__fixtures__/google-calendar-v3.discovery.json', import.meta.url), 'utf8'),
) as DiscoveryDocument;

const methods = Object.values(document.resources)
  .flatMap((resource) => Object.values(resource.methods))
  .map((method) => ({ ...method, pattern: new RegExp(`^${method.path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => Number(a.path.endsWith('}')) - Number(b.path.endsWith('}')));

/** The discovery document has none; from the error guide of the Calendar API. */
const ERROR_ENVELOPE = {
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'errors'],
      additionalProperties: false,
      properties: {
        code: { type: 'integer' },
        message: { type: 'string' },
        status: { type: 'string' },
        details: { type: 'array' },
        errors: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['domain', 'reason', 'message'],
            additionalProperties: false,
            properties: {
              domain: { type: 'string' },
              reason: { type: 'string' },
              message: { type: 'string' },
              location: { type: 'string' },
              locationType: { enum: ['parameter', 'header'] },
            },
          },
        },
      },
    },
  },
};

const validators = createValidators();

/**
 * Holds an answer of `/calendar/v3/` against Google's own discovery document: unknown members, wrong
 * types, formats and values outside a documented list are errors.
 * @throws Error that names every deviation
 */
export function checkGoogleAnswer(answer: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}): void {
  const path = answer.path.replace(/\?.*$/, '');
  const method = methods.find((candidate) => candidate.httpMethod === answer.method && candidate.pattern.test(path));
  if (method === undefined) throw new Error(`Google has no ${answer.method} ${path}`);
  if (answer.status === 304) return;
  if (answer.status >= 400) {
    assertValid(validators.get('#error'), answer.body, `${method.id} error`);
    return;
  }
  if (method.response === undefined) {
    if (answer.body !== null) throw new Error(`${method.id} answers with an empty body`);
    return;
  }
  assertValid(validators.get(method.response.$ref), answer.body, method.id);
}

function assertValid(validate: ValidateFunction | undefined, body: unknown, name: string): void {
  if (validate === undefined) throw new Error(`no schema for ${name}`);
  if (validate(body)) return;
  const problems = (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
  throw new Error(`${name} is not what Google answers:\n${problems.join('\n')}`);
}

function createValidators(): Map<string, ValidateFunction> {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formatsPlugin.default(ajv);
  ajv.addFormat('int32', { type: 'number', validate: (value: number) => Number.isInteger(value) && Math.abs(value) <= 2 ** 31 });
  ajv.addFormat('int64', /^-?\d+$/);
  for (const [name, schema] of Object.entries(document.schemas)) ajv.addSchema(toJsonSchema(schema), name);
  const found = new Map<string, ValidateFunction>();
  for (const name of Object.keys(document.schemas)) {
    const validate = ajv.getSchema(name);
    if (validate !== undefined) found.set(name, validate);
  }
  found.set('#error', ajv.compile(ERROR_ENVELOPE));
  return found;
}

function toJsonSchema(schema: DiscoverySchema): Record<string, unknown> {
  if (schema.$ref !== undefined) return { $ref: schema.$ref };
  const allowed = [...(schema.description ?? '').matchAll(/^- "([^"]+)"/gm)].map((found) => found[1]);
  if (schema.type === 'array') {
    const items = toJsonSchema(schema.items ?? {});
    return { type: 'array', items: allowed.length === 0 ? items : { ...items, enum: allowed } };
  }
  if (schema.type === 'object') {
    return {
      type: 'object',
      properties: Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, toJsonSchema(part)])),
      additionalProperties: schema.additionalProperties === undefined ? false : toJsonSchema(schema.additionalProperties),
    };
  }
  if (schema.type === 'any') return {};
  return {
    type: schema.type,
    ...(schema.format === undefined ? {} : { format: schema.format }),
    ...(allowed.length === 0 ? {} : { enum: allowed }),
  };
}
