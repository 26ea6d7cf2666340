import { openApiDocument, operations } from '@daymark/api-contract';
import { expect, it } from 'vitest';
import document from './openapi.json' with { type: 'json' };
import { DaymarkApi } from './src/index.ts';
import { idempotentOperations } from './src/generated/idempotent-operations.gen.ts';

const stale = 'run `npm run generate` in libs/client';

it('openapi.json is what the schemas say', () => {
  const made: unknown = JSON.parse(JSON.stringify(openApiDocument({ serverUrl: '/', version: document.info.version })));
  expect(made, stale).toEqual(document);
});

it('the client has a method for each operation, and knows which take an Idempotency-Key', () => {
  const methods = Object.getOwnPropertyNames(DaymarkApi.prototype);
  expect(methods, stale).toEqual(expect.arrayContaining(Object.keys(operations)));
  const taking = Object.values(operations).filter((one) => one.isIdempotent);
  expect([...idempotentOperations], stale).toEqual(taking.map((one) => `${one.method.toUpperCase()} ${one.path}`));
});
