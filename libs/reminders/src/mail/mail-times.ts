import type { Instant, ZoneId } from '@daymark/domain';

export interface TimeSpan {
  readonly start: Instant;
  readonly end: Instant;
}

export interface TimeReader {
  readonly zone: ZoneId;
  readonly locale: string;
}

/** Date, times and the name of the zone: `Tuesday, March 30, 2027, 9:00 – 10:00 AM, Central European Summer Time (Europe/Berlin)`. */
export function describeTime({ start, end }: TimeSpan, { zone, locale }: TimeReader): string {
  const range = dateFormat(locale, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
  });
  const parts = dateFormat(locale, { hour: 'numeric', timeZone: zone, timeZoneName: 'long' }).formatToParts(start);
  const zoneName = parts.find((part) => part.type === 'timeZoneName')?.value;
  return spaced(`${range.formatRange(start, end)}, ${zoneName ?? ''} (${zone.replaceAll('_', ' ')})`);
}

/** For a subject: `Tue, Mar 30, 9:00 AM GMT+2`. */
export function describeStart(start: Instant, { zone, locale }: TimeReader): string {
  const format = dateFormat(locale, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
    timeZoneName: 'short',
  });
  return spaced(format.format(start));
}

/** Whether clocks in both zones show the same at the start and at the end. */
export function readsSameClock({ start, end }: TimeSpan, one: ZoneId, other: ZoneId): boolean {
  const shown = (at: Instant, zone: ZoneId) => dateFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone: zone }).format(at);
  return [start, end].every((at) => shown(at, one) === shown(at, other));
}

/** Names as a sentence lists them: `Ada, Leo and Grace`. */
export function listNames(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 500;

/** Kept, since making one takes longer than all the rest of a mail. */
function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= MAX_FORMATS) formats.clear();
  const format = newFormat(locale, options);
  formats.set(key, format);
  return format;
}

function newFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, options);
  } catch {
    return new Intl.DateTimeFormat('en', options);
  }
}

/** Some mail programs show the narrow blanks of newer locale data as boxes. */
function spaced(text: string): string {
  return text.replace(/[\u202F\u2009\u00A0]/g, ' ');
}
