import { describe, expect, it } from 'vitest';
import { DomainError, isProblemCode, problemCodes, problemDefinition, problems } from './problem.ts';

describe.each(problemCodes.map((code) => [code, problemDefinition(code)] as const))('problem %s', (code, definition) => {
  it('is named in lower case with hyphens, as its address is', () => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('says cause and fix in whole sentences that a person can act on', () => {
    for (const sentence of [definition.cause, definition.fix]) {
      expect(sentence).toMatch(/^[A-Z][^]*\.$/);
      expect(sentence).not.toMatch(/went wrong|unknown error|please|\bundefined\b|\{|\}/i);
    }
    expect(definition.cause).not.toBe(definition.fix);
    expect(definition.title).toMatch(/^[A-Z].*[^.]$/);
  });

  it('has a status of its own kind: heals by itself only where trying again makes sense', () => {
    expect(definition.status).toBeGreaterThanOrEqual(400);
    expect(definition.status).toBeLessThan(600);
    if (definition.who === 'nobody') expect(definition.retryable).toBe(true);
    if (definition.status === 503 || definition.status === 429) expect(definition.retryable).toBe(true);
  });
});

it('no two problems are told in the same words', () => {
  const titles = Object.values(problems).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

it('has the statuses that the API promises', () => {
  const status = (code: keyof typeof problems): number => problemDefinition(code).status;
  expect([status('invalid-json'), status('validation-failed'), status('not-found'), status('slot-taken')]).toEqual([400, 422, 404, 409]);
  expect([status('precondition-required'), status('precondition-failed'), status('cursor-expired')]).toEqual([428, 412, 410]);
  expect([status('idempotency-key-reused'), status('idempotency-in-progress'), status('calendar-read-only')]).toEqual([422, 409, 403]);
});

it('a DomainError carries code, sentence and wire members, and keeps its cause', () => {
  const cause = new Error('driver');
  const error = new DomainError('slot-taken', 'Ada is busy.', { conflicts: [] }, { cause });
  expect(error).toMatchObject({
    name: 'DomainError',
    code: 'slot-taken',
    detail: 'Ada is busy.',
    message: 'Ada is busy.',
    data: { conflicts: [] },
  });
  expect(error.cause).toBe(cause);
});

it('knows its codes from other words, also from those that every object has', () => {
  expect(isProblemCode('slot-taken')).toBe(true);
  expect(isProblemCode('toString')).toBe(false);
});
