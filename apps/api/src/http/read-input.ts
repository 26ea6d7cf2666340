import { isUtf8 } from 'node:buffer';
import { mostRefusalsNamed, validate, type FieldRefusal, type Operation } from '@daymark/api-contract';
import { DomainError } from '@daymark/domain';
import type { Request } from 'express';
import { z } from 'zod';
import type { InputOf } from './mount.decorator.ts';
import { versionAsked } from './versions.ts';

export type GivenRequest = Pick<Request, 'params' | 'query' | 'body' | 'headers' | 'is'> & { readonly rawBody?: Buffer };

const NO_QUERY = z.strictObject({});
const ANY_QUERY = z.looseObject({});

/**
 * What the request gives to the operation, read by its schemas. All refused fields are named at once.
 * @throws DomainError `validation-failed`, `unsupported-media-type`, or `not-found` for an id in the path.
 */
export function readInput(operation: Operation, request: GivenRequest): InputOf<Operation> {
  const params = operation.params && validate(operation.params, { value: request.params, part: 'params' });
  if (params?.ok === false) throw new DomainError('not-found', 'Nothing with this id exists.');
  const query = validate(queryOf(operation), { value: request.query, part: 'query' });
  const body = operation.body && validate(operation.body, { value: bodyOf(request), part: 'body' });
  const errors: FieldRefusal[] = [query, body].flatMap((read) => (read?.ok === false ? read.errors : []));
  if (errors.length > 0) {
    throw new DomainError('validation-failed', `${countOf(errors)} not valid.`, { errors });
  }
  return {
    params: valueOf(params) ?? {},
    query: valueOf(query) ?? {},
    body: valueOf(body),
    ifVersion: versionAsked(request.headers['if-match']),
  } as InputOf<Operation>;
}

/** Who writes `?dry_run=true` where there is none must not be taken at the rest of their word. Probes and browsers may add what they like. */
function queryOf(operation: Operation): z.ZodObject {
  return operation.query ?? (operation.path.startsWith('/v1/') ? NO_QUERY : ANY_QUERY);
}

function countOf({ length }: readonly FieldRefusal[]): string {
  if (length === 1) return 'One field is';
  return length < mostRefusalsNamed ? `${length} fields are` : `${mostRefusalsNamed} fields or more are`;
}

function valueOf(read: ReturnType<typeof validate> | undefined): unknown {
  return read?.ok === true ? read.value : undefined;
}

function bodyOf(request: GivenRequest): unknown {
  const isEmpty = request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  if (isEmpty) return {};
  if (request.is(['json', '+json']) === false) throw new DomainError('unsupported-media-type', 'The body has to be application/json.');
  // Decoding has put U+FFFD in place of what is not UTF-8, which the caller never wrote.
  if (request.rawBody !== undefined && !isUtf8(request.rawBody)) throw new DomainError('invalid-json', 'The body is not encoded in UTF-8.');
  return request.body as unknown;
}
