import { problemCodes } from '@daymark/domain';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { operations } from '../operations/all.ts';
import { openApiDocument } from './document.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

const document = JSON.parse(JSON.stringify(openApiDocument({ serverUrl: 'http://localhost:4400', version: '1.2.3' }))) as JsonObject & {
  paths: { [path: string]: { [method: string]: JsonObject } };
  components: { [kind: string]: JsonObject };
};

function* nodes(json: Json): Generator<JsonObject> {
  if (json === null || typeof json !== 'object') return;
  if (!Array.isArray(json)) yield json;
  for (const child of Object.values(json)) yield* nodes(child as Json);
}

function resolve(ref: string): Json | undefined {
  expect(ref).toMatch(/^#\//);
  return ref
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((at, step) => (at as JsonObject | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

describe('the OpenAPI document', () => {
  it('is 3.1, with every operation at its address and an id of its own', () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(document['info']).toMatchObject({ version: '1.2.3' });
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one['operationId']));
    expect(ids.sort()).toEqual(Object.keys(operations).sort());
    for (const one of Object.values(operations)) expect(document.paths[one.path]?.[one.method]?.['operationId']).toBe(one.id);
  });

  it('has no reference that leads nowhere, and names of components that the standard allows', () => {
    const refs = new Set([...nodes(document)].flatMap((node) => (typeof node['$ref'] === 'string' ? [node['$ref']] : [])));
    expect(refs.size).toBeGreaterThan(100);
    for (const ref of refs) expect(resolve(ref), ref).toBeDefined();
    for (const kind of Object.values(document.components)) for (const name of Object.keys(kind)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  it('has schemas of JSON Schema 2020-12 that accept its own examples', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(document, 'openapi.json');
    const bodies = Object.values(document.paths)
      .flatMap((path) => Object.values(path))
      .flatMap(contents);
    expect(bodies.length).toBeGreaterThan(100);
    for (const { where, schema, example } of bodies) {
      const check = ajv.compile(absolute(schema) as JsonObject);
      expect(check(example), `${where}: ${ajv.errorsText(check.errors)}`).toBe(true);
    }
  });

  it('has an example for each problem, which its own schema accepts', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'openapi.json');
    const check = ajv.compile({ $ref: 'openapi.json#/components/schemas/Problem' });
    for (const code of problemCodes) expect(check((document.components['examples']?.[code] as JsonObject)['value']), code).toBe(true);
  });

  it('says which header and which credential an operation takes', () => {
    const booking = document.paths['/v1/meetings/{meeting_id}']?.['patch'];
    expect(booking?.['parameters']).toEqual(
      expect.arrayContaining([{ $ref: '#/components/parameters/IdempotencyKey' }, { $ref: '#/components/parameters/IfMatch' }]),
    );
    expect(booking?.['security']).toEqual([{ bearer: ['meetings:write'] }, { session: [] }]);
    expect(Object.keys(booking?.['responses'] as JsonObject)).toEqual(
      expect.arrayContaining(['200', '409', '412', '422', '428', '429', '500']),
    );
    expect(document.paths['/healthz']?.['get']?.['security']).toEqual([]);
    expect((booking?.['responses'] as { [status: string]: JsonObject })['200']?.['headers']).toHaveProperty('ETag');
  });

  it('lets answers grow and requests not: only requests forbid unknown members', () => {
    const { schemas } = document.components;
    expect(schemas?.['Connection']).not.toHaveProperty('additionalProperties');
    expect(schemas?.['ConnectionPatch']).toHaveProperty('additionalProperties', false);
  });

  it('needs each required member of an answer that may be null to be there all the same', () => {
    const connection = document.components['schemas']?.['Connection'] as JsonObject;
    expect(connection['required']).toEqual(expect.arrayContaining(['last_error', 'lag_seconds', 'version']));
  });
});

interface Content {
  readonly where: string;
  readonly schema: Json;
  readonly example: Json;
}

function contents(one: JsonObject): Content[] {
  const parts = [one['requestBody'], ...Object.values((one['responses'] ?? {}) as JsonObject)] as (JsonObject | undefined)[];
  return parts.flatMap((part) => {
    const json = (part?.['content'] as JsonObject | undefined)?.['application/json'] as JsonObject | undefined;
    if (json?.['example'] === undefined || json['schema'] === undefined) return [];
    return [{ where: String(one['operationId']), schema: json['schema'], example: json['example'] }];
  });
}

/** A part of the document as a schema of its own. */
function absolute(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi.json#/')) as Json;
}
