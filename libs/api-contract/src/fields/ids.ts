import type { IdKind } from '@daymark/domain';
import { formatId, idPrefixes, parseId } from '@daymark/domain';
import { z } from 'zod';

/** An id in a body or query: prefix and 32 hex digits, else the request is refused. */
export function idField(kind: IdKind) {
  return z
    .string()
    .refine((text) => parseId(kind, text) !== null, {
      error: `is not an id of this kind; it starts with ${idPrefixes[kind]}_ and goes on with 32 hex digits`,
    })
    .meta({ pattern: `^${idPrefixes[kind]}_[0-9a-f]{32}$`, example: exampleId(kind) });
}

/** An id in a path: any text, because an unknown id there is 404 and not a fault of form. */
export function idParam(kind: IdKind) {
  return z
    .string()
    .min(1)
    .max(200)
    .meta({ example: exampleId(kind) });
}

/** An id in an answer. */
export function idOut(kind: IdKind) {
  return z.string().meta({ example: exampleId(kind) });
}

/** The id that examples use: the same kind and number give the same id. */
export function exampleId(kind: IdKind, number = 1): string {
  return formatId(kind, `0190c2f4a7b87c3d9e10${number.toString(16).padStart(12, '0')}`);
}
