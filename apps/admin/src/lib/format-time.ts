const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone, hourCycle: 'h23' });
  formats.set(key, made);
  return made;
}

function part(at: number, zone: string, options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes): string {
  return (
    format(zone, options)
      .formatToParts(at)
      .find((one) => one.type === type)?.value ?? ''
  );
}

/** Short name of a zone at a moment: `CET`, or `GMT+5:30` where there is none. */
export function zoneName(at: number, zone: string): string {
  if (zone === 'UTC') return 'UTC';
  const short = part(at, zone, { timeZoneName: 'short' }, 'timeZoneName');
  if (!short.startsWith('GMT') && !short.startsWith('UTC')) return short;
  const american = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' });
  return american.formatToParts(at).find((one) => one.type === 'timeZoneName')?.value ?? short;
}

/** `2026-11-24` as the wall calendar of the zone shows it. */
export function dayOf(at: number, zone: string): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  return `${part(at, zone, options, 'year')}-${part(at, zone, options, 'month')}-${part(at, zone, options, 'day')}`;
}

/** `14:30` */
export function clockOf(at: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** `Tue 24 Nov`, with the year when it is another one than now. */
export function dateOf(at: number, zone: string, now: number): string {
  const isOtherYear = dayOf(at, zone).slice(0, 4) !== dayOf(now, zone).slice(0, 4);
  const text = format(zone, { weekday: 'short', day: 'numeric', month: 'short', ...(isOtherYear ? { year: 'numeric' } : {}) }).format(at);
  return text.replace(',', '');
}

/** `3 h ago`, `in 28 min`, `now`; a single unit, two below one day ahead. */
export function relative(at: number, now: number): string {
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < 5000) return 'now';
  const words = distance > 0 ? ahead(size) : unit(size);
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** `2 h`, `45 s`, `3 d`. */
export function unit(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.round(milliseconds / 1000)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} d`;
}

function ahead(milliseconds: number): string {
  const hours = Math.floor(milliseconds / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  return hours >= 1 && hours < 24 && minutes > 0 ? `${hours} h ${minutes} min` : unit(milliseconds);
}

/** `11:02 CET` today, `Sun 22 Nov, 09:00 CET` on other days. */
export function absolute(at: number, zone: string, now: number): string {
  const clock = `${clockOf(at, zone)} ${zoneName(at, zone)}`;
  return dayOf(at, zone) === dayOf(now, zone) ? clock : `${dateOf(at, zone, now)}, ${clock}`;
}

/** `Wed 25 Nov, 16:30–17:00 CET`. */
export function span(start: number, end: number, zone: string, now: number): string {
  const isOneDay = dayOf(start, zone) === dayOf(end - 1, zone);
  const last = isOneDay ? clockOf(end, zone) : `${dateOf(end, zone, now)}, ${clockOf(end, zone)}`;
  return `${dateOf(start, zone, now)}, ${clockOf(start, zone)}–${last} ${zoneName(start, zone)}`;
}

/** `2.0 s`, `210 ms`. */
export function took(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  return milliseconds < MINUTE ? `${(milliseconds / 1000).toFixed(1)} s` : unit(milliseconds);
}

/** `1 day`, `2 h`, `45 min` from minutes. */
export function minutesInWords(minutes: number): string {
  if (minutes % 1440 === 0 && minutes > 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`;
  return minutes % 60 === 0 && minutes > 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** `1 meeting`, `3 meetings`, `1,204 runs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
