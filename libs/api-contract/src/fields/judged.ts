import type { z } from 'zod';

/**
 * For `when` of a refinement: judges these fields although others are refused, so that a caller hears of everything at once; not
 * where one of them is refused already, or the whole is no object.
 */
export function judging(...fields: readonly string[]): (payload: z.core.ParsePayload) => boolean {
  return ({ issues }) =>
    issues.every(({ code, path = [] }) => (path.length === 0 ? code === 'unrecognized_keys' : !fields.includes(String(path[0]))));
}
