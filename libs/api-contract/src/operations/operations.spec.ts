import { isProblemCode, problemDefinition } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { scopes } from '../access.ts';
import type { Operation } from '../operation.ts';
import { problemsOf, routePattern } from '../operation.ts';
import { validate } from '../validate.ts';
import { operations } from './all.ts';

const all: readonly Operation[] = Object.values(operations);

/** A query as a server reads it: text, or a list of texts where a parameter is repeated. */
function onTheWire(query: Operation['example'] & object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query.query ?? {}).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}

describe.each(all.map((one) => [one.id, one] as const))('operation %s', (id, one) => {
  it('is listed under its own id, at one address', () => {
    expect(operations[id as keyof typeof operations]).toBe(one);
    expect(all.filter((other) => other.method === one.method && other.path === one.path)).toHaveLength(1);
  });

  it('has an example that its own schemas accept, with every part it needs', () => {
    expect(one.example).toBeDefined();
    const example = one.example!;
    if (one.params !== undefined) expect(validate(one.params, { value: example.params, part: 'params' })).toMatchObject({ ok: true });
    else expect(example.params).toBeUndefined();
    if (one.query !== undefined) expect(validate(one.query, { value: onTheWire(example), part: 'query' })).toMatchObject({ ok: true });
    else expect(example.query).toBeUndefined();
    if (one.body !== undefined) expect(validate(one.body, { value: example.body, part: 'body' })).toMatchObject({ ok: true });
    else expect(example.body).toBeUndefined();
    if (one.response !== null) {
      // What a schema drops from its own example would never reach a caller.
      expect(validate(one.response, { value: example.response, part: 'body' })).toEqual({ ok: true, value: example.response });
    }
  });

  it('names the parameters of its path, and only those', () => {
    const inPath = [...one.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(Object.keys(one.params?.shape ?? {})).toEqual(inPath);
    expect(routePattern(one.path)).not.toContain('{');
  });

  it('answers with problems of the catalogue only, and says once each', () => {
    const codes = problemsOf(one);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(isProblemCode(code)).toBe(true);
    for (const code of codes) expect(problemDefinition(code).status).toBeGreaterThanOrEqual(400);
  });

  it('refuses unknown fields, and needs a known scope', () => {
    if (one.body !== undefined) {
      const body = { ...(one.example!.body as object), not_a_field: 1 };
      const pointers = validate(one.body, { value: body, part: 'body' });
      expect(pointers).toMatchObject({ ok: false, errors: [{ pointer: '/not_a_field', code: 'unknown_field' }] });
    }
    if (one.access.kind === 'credential') expect(scopes).toContain(one.access.scope);
  });

  it('takes an idempotency key only where it writes, and never on reads', () => {
    if (one.isIdempotent) expect(['post', 'patch']).toContain(one.method);
    if (one.takesDryRun === true) expect(Object.keys(one.query?.shape ?? {})).toContain('dry_run');
    if (one.query !== undefined && 'dry_run' in one.query.shape) expect(one.takesDryRun).toBe(true);
  });
});

it('asks for If-Match where events and meetings are changed', () => {
  const required = all.filter((one) => one.ifMatch === 'required').map((one) => one.id);
  expect(required.sort()).toEqual(['deleteEvent', 'updateEvent', 'updateMeeting']);
});

it('every scope opens something', () => {
  const used = new Set(all.flatMap((one) => (one.access.kind === 'credential' ? [one.access.scope] : [])));
  expect(scopes.filter((scope) => !used.has(scope))).toEqual([]);
});
