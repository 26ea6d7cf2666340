import { z } from 'zod';

/** Which member of an answer does not fit, without its value. */
export function mismatch(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'unexpected' : `${issue.path.join('.') || 'answer'}: ${issue.code}`;
}

/** https://learn.microsoft.com/en-us/graph/errors; the nested member is spelled in two ways and may nest further. */
export interface ErrorDetail {
  readonly code?: string | null;
  readonly innerError?: ErrorDetail | null;
  readonly innererror?: ErrorDetail | null;
}

const errorDetail: z.ZodType<ErrorDetail> = z.lazy(() =>
  z.looseObject({ code: z.string().nullish(), innerError: errorDetail.nullish(), innererror: errorDetail.nullish() }),
);

export const graphErrorBody = z.looseObject({ error: errorDetail });

/** Calls that answer with nothing: 202 and 204. */
export const nothing = z.unknown().transform(() => null);
