import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import formatsPlugin from 'ajv-formats';

interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly items?: OpenApiSchema;
  readonly allOf?: readonly OpenApiSchema[];
  readonly anyOf?: readonly OpenApiSchema[];
  readonly additionalProperties?: boolean | OpenApiSchema;
}
interface OpenApiOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: OpenApiSchema }>> }>>;
}
interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

const document = JSON.parse(
  readFileSync(new URL('../__fixtures__/microsoft-graph-calendar.openapi.json', import.meta.url), 'utf8'),
) as OpenApiDocument;

const REF = '#/components/schemas/';
const SCHEMAS = document.components.schemas;

/** Types whose instances carry members of their own; all others are held to what is declared, though the metadata calls entities open. */
const OPEN_TYPES = new Set(['microsoft.graph.extension', 'microsoft.graph.openTypeExtension', 'microsoft.graph.resourceData']);

/** What the reference says about clock times beyond their type: seven digits, no offset. */
const CLOCK_TIME = { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}$` };

const ajv = createAjv();
const operations = Object.entries(document.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...readPath(path), method: method.toUpperCase(), operation })),
  )
  .sort((a, b) => a.variables - b.variables);
const compiled = new Map<string, ValidateFunction>();

/**
 * Holds an answer of `/v1.0/` against the published metadata: undeclared statuses, unknown members, wrong types,
 * formats and values outside an enumeration are errors.
 * @throws Error that names every deviation
 */
export function checkGraphAnswer(answer: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}): void {
  const path = `/${answer.path.replace(/\?.*$/, '')}`.replace(/^\/users\/[^/]+/, '/me');
  const found = operations.find(({ method, pattern }) => method === answer.method && pattern.test(path));
  if (found === undefined) throw new Error(`Graph has no ${answer.method} ${path}`);
  const { operationId, responses } = found.operation;
  if (answer.status >= 400) {
    assertValid({ $ref: `${REF}odata.error` }, answer.body, `${operationId} error`);
    return;
  }
  const response = responses[String(answer.status)];
  if (response === undefined) throw new Error(`${operationId} does not answer with ${answer.status}`);
  const schema = response.content?.['application/json']?.schema;
  if (schema !== undefined) assertValid(schema, answer.body, operationId);
  else if (answer.body !== null) throw new Error(`${operationId} answers with an empty body`);
}

/** Holds a delivered notice against the metadata. */
export function checkGraphNotice(body: unknown): void {
  assertValid({ $ref: `${REF}microsoft.graph.changeNotificationCollection` }, body, 'notice');
}

function assertValid(schema: OpenApiSchema, body: unknown, name: string): void {
  const validate = compiled.get(name) ?? ajv.compile(toJsonSchema(schema));
  compiled.set(name, validate);
  if (validate(body)) return;
  const problems = (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
  throw new Error(`${name} is not what Graph answers:\n${problems.join('\n')}`);
}

function readPath(path: string): { pattern: RegExp; variables: number } {
  const escaped = path.replaceAll(/[.$()]/g, String.raw`\$&`);
  return { pattern: new RegExp(`^${escaped.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`), variables: path.split('{').length };
}

function createAjv(): Ajv {
  const made = new Ajv({ allErrors: true, strict: false });
  formatsPlugin.default(made);
  made.addFormat('int32', { type: 'number', validate: (value: number) => Number.isInteger(value) && Math.abs(value) <= 2 ** 31 });
  made.addFormat('int64', { type: 'number', validate: (value: number) => Number.isInteger(value) });
  made.addFormat('double', { type: 'number', validate: () => true });
  made.addFormat('time', /^\d\d:\d\d:\d\d(\.\d+)?$/);
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    made.addSchema(
      name === 'microsoft.graph.dateTimeTimeZone' ? withClockTime(toJsonSchema(schema, name)) : toJsonSchema(schema, name),
      name,
    );
  }
  return made;
}

function withClockTime(schema: Record<string, unknown>): Record<string, unknown> {
  return { ...schema, required: ['dateTime', 'timeZone'], properties: { ...(schema['properties'] as object), dateTime: CLOCK_TIME } };
}

function toJsonSchema(schema: OpenApiSchema, name?: string): Record<string, unknown> {
  const inner = innerSchema(schema, name);
  return schema.nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner;
}

function innerSchema(schema: OpenApiSchema, name: string | undefined): Record<string, unknown> {
  if (schema.$ref !== undefined) return { $ref: schema.$ref.replace(REF, '') };
  if (schema.anyOf !== undefined) return { anyOf: schema.anyOf.map((part) => toJsonSchema(part)) };
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  if (only?.$ref !== undefined) return { $ref: only.$ref.replace(REF, '') };
  if (schema.type === 'array') return { type: 'array', items: toJsonSchema(schema.items ?? {}) };
  if (schema.type !== 'object' && schema.allOf === undefined) {
    const { type, format } = schema;
    return {
      ...(type === undefined ? {} : { type }),
      ...(format === undefined ? {} : { format }),
      ...(schema.enum === undefined ? {} : { enum: schema.enum }),
    };
  }
  const members = membersOf(schema);
  const isOpen =
    (name !== undefined && OPEN_TYPES.has(name)) ||
    (members.properties['request-id'] !== undefined && schema.additionalProperties === true);
  return {
    type: 'object',
    required: members.required,
    properties: Object.fromEntries(Object.entries(members.properties).map(([member, part]) => [member, toJsonSchema(part)])),
    patternProperties: { '^@(odata\\.|removed$)': {} },
    additionalProperties: isOpen || typeof schema.additionalProperties === 'object',
  };
}

/** What a type declares, with what it inherits. */
function membersOf(schema: OpenApiSchema): { properties: Record<string, OpenApiSchema>; required: string[] } {
  if (schema.$ref !== undefined) return membersOf(SCHEMAS[schema.$ref.replace(REF, '')] ?? {});
  const inherited = (schema.allOf ?? []).map(membersOf);
  return {
    properties: Object.assign({}, ...inherited.map(({ properties }) => properties), schema.properties) as Record<string, OpenApiSchema>,
    required: [...inherited.flatMap(({ required }) => required), ...(schema.required ?? [])],
  };
}
