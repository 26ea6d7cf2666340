import type { Instant, PlainDate, ZoneId } from '@daymark/domain';
import { DAY_MS, findZone, parseDate, parseInstant } from '@daymark/domain';
import { z } from 'zod';

const offsetMissing = 'has no offset, so that it could mean different moments; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00';
const notRfc3339 = 'is not a time by RFC 3339; write 2027-03-08T09:00:00Z or 2027-03-08T10:00:00+01:00';

/** 1970-01-01 and 2200-01-01: what all arithmetic is tested for. */
const FIRST = 0;
const BEYOND = 7_258_118_400_000;

/** The longest span that can be searched in one request. */
const MAX_WINDOW_DAYS = 366;

/** A moment in a request: RFC 3339 with an offset, read into epoch milliseconds. */
export const instantIn = z
  .string()
  .transform(readInstant)
  .meta({ override: { type: 'string', format: 'date-time' }, example: '2027-03-08T14:00:00Z' });

/** A moment in an answer: RFC 3339 in UTC. */
export const instantOut = z.iso.datetime().meta({ example: '2027-03-08T14:00:00Z' });

/** A calendar date without zone. */
export const dateField = z
  .string()
  .refine(isDate, { error: 'is not a date; write 2027-03-08', abort: true })
  .meta({ override: { format: 'date' }, example: '2027-03-08' }) as unknown as z.ZodType<PlainDate, string>;

/** Where an occurrence stands by its series' rule (RFC 5545 RECURRENCE-ID): a moment, or the date of an all-day one. */
export const originalStartIn = z
  .string()
  .transform((text, context): Instant | PlainDate => (isDate(text) ? (text as PlainDate) : readInstant(text, context)))
  .meta({ override: { type: 'string' }, example: '2027-03-08T14:00:00Z' });

/** An IANA zone name, in requests and answers. */
export const zoneField = z
  .string()
  .refine((text) => findZone(text) !== null, { error: 'is not an IANA time zone; write a name such as Europe/Berlin' })
  .meta({ example: 'Europe/Berlin' }) as unknown as z.ZodType<ZoneId, string>;

/** A time of day on a wall clock, `24:00` meaning the end of the day. */
export const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
    error: 'is not a time of day; write 09:00 (24:00 is the end of the day)',
    abort: true,
  })
  .meta({ example: '09:00' });

/** A span of time in a request, `[start, end)`. */
export const windowIn = z
  .strictObject({ start: instantIn, end: instantIn })
  .refine((window) => window.start < window.end, { error: 'is not after the start', path: ['end'] })
  .refine((window) => window.end - window.start <= MAX_WINDOW_DAYS * DAY_MS, {
    error: `is more than ${MAX_WINDOW_DAYS} days after the start`,
    path: ['end'],
  })
  .meta({ id: 'WindowInput', description: 'A span of time; the end is not part of it.' });

/** For lists between two times: `query.refine(isSpanOrdered, spanBackwards)`. */
export function isSpanOrdered({ from, to }: { readonly from?: Instant | 'now' | undefined; readonly to?: Instant | undefined }): boolean {
  return typeof from !== 'number' || to === undefined || from < to;
}

export const spanBackwards = { error: 'is not after from', path: ['to'] };

/** A span of time in an answer, `[start, end)`. */
export const spanOut = z.object({ start: instantOut, end: instantOut }).meta({ id: 'Span' });

function readInstant(text: string, context: z.RefinementCtx): Instant {
  if (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?$/.test(text)) return refuse(context, text, offsetMissing);
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return refuse(context, text, notRfc3339);
  const at = momentOf(text);
  if (at === null) return refuse(context, text, notRfc3339);
  return at < FIRST || at >= BEYOND ? refuse(context, text, 'lies outside the years 1970 to 2199') : at;
}

function momentOf(text: string): Instant | null {
  try {
    return parseInstant(text.toUpperCase());
  } catch {
    return null;
  }
}

function isDate(text: string): boolean {
  try {
    return parseDate(text) === text;
  } catch {
    return false;
  }
}

function refuse(context: z.RefinementCtx, input: string, message: string): never {
  context.addIssue({ code: 'custom', message, input });
  return z.NEVER;
}
