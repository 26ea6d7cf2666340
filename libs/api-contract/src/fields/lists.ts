import { z } from 'zod';

/** `?limit=` and `?cursor=` of every list. */
export const pageQuery = {
  limit: queryInteger({ min: 1, max: 200, fallback: 50 }).meta({ description: 'How many at most, 1 to 200.' }),
  cursor: z.string().max(2000).optional().meta({ description: 'next_cursor of the page before.' }),
};

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'Where the next page starts; null on the last one.' }),
    has_more: z.boolean(),
  });
}

/** A page that holds all there is. */
export function wholePage<T>(...data: T[]): { data: T[]; next_cursor: null; has_more: false } {
  return { data, next_cursor: null, has_more: false };
}

/** `true` or `false` in a query. */
export const queryBoolean = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'is neither true nor false' })
  .meta({ override: { type: 'boolean' } });

/** A whole number in a query, written in digits: what JavaScript also takes for one (`0x10`, `1e1`, nothing) is refused. */
export function queryInteger({ min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number }) {
  const written = z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z
      .int({ error: 'is not a whole number in digits' })
      .min(min, { error: `is less than ${min}` })
      .max(max, { error: `is more than ${max}` }),
  );
  return written.default(fallback).meta({ override: { type: 'integer', minimum: min, maximum: max, default: fallback } });
}

/** Several values in a query, repeated (`?a=1&a=2`) or separated by commas (`?a=1,2`). */
export function queryList<T extends z.ZodType>(item: T, max = 100) {
  return z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? one.split(',') : [one])),
    z.array(item).min(1).max(max),
  );
}

/** `?dry_run=true`: everything is checked and explained, nothing is written. */
export const dryRunQuery = {
  dry_run: queryBoolean.default(false).meta({ description: 'Check and explain everything, write nothing.', override: { type: 'boolean' } }),
};

/** A whole number in a body. */
export function integer(min: number, max: number) {
  return z
    .int({ error: 'is not a whole number' })
    .min(min, { error: `is less than ${min}` })
    .max(max, { error: `is more than ${max}` });
}

/** The number behind the ETag; it grows with every change. */
export const versionOut = z.int().meta({ description: 'Grows with every change; the ETag is made from it.', example: 3 });
