import { DAY_MS, formatInstant, instant, intersection, interval, parseInstant } from '@daymark/domain';
import type { Instant, Interval, ZoneId } from '@daymark/domain';
import type { FreeBusyAnswer, FreeBusyReader, FreeBusyRequest } from '@daymark/provider-contract';
import { freeBusyAnswer } from './google-api.ts';
import type { GoogleClient } from './google-client.ts';
import { FREE_BUSY_CALENDARS, FREE_BUSY_DAYS } from './google-manifest.ts';

/** freeBusy.query for any number of calendars or people, over any length. */
export function googleFreeBusy(client: GoogleClient): FreeBusyReader {
  return {
    async read({ subjects, window, zone }) {
      const answers: FreeBusyAnswer[] = [];
      const distinct = [...new Set(subjects)];
      for (let first = 0; first < distinct.length; first += FREE_BUSY_CALENDARS) {
        const batch = distinct.slice(first, first + FREE_BUSY_CALENDARS);
        const parts: (readonly FreeBusyAnswer[])[] = [];
        for (const chunk of chunksOf(window)) parts.push(await queryFreeBusy(client, { subjects: batch, window: chunk, zone }));
        answers.push(...batch.map((subject) => join(subject, parts.flat())));
      }
      return answers;
    },
  };
}

/** One call: at most 50 subjects and 60 days. */
export async function queryFreeBusy(client: GoogleClient, { subjects, window, zone }: FreeBusyRequest): Promise<readonly FreeBusyAnswer[]> {
  const answer = await client.call({
    purpose: 'free-busy',
    answer: freeBusyAnswer,
    send: (api) =>
      api.freebusy.query({
        requestBody: {
          timeMin: formatInstant(window.start),
          timeMax: formatInstant(window.end),
          timeZone: zone satisfies ZoneId,
          items: subjects.map((id) => ({ id })),
        },
      }),
  });
  const calendar = (id: string, subject: string): FreeBusyAnswer => {
    const found = answer.calendars?.[id];
    if (found === undefined) return unknown(subject, 'missing');
    const reason = found.errors?.[0]?.reason;
    if ((found.errors?.length ?? 0) > 0) return unknown(subject, reason ?? 'error');
    const busy = readBusy(found.busy ?? [], window);
    return busy === null ? unknown(subject, 'unreadable') : { subject, busy };
  };
  return subjects.map((subject) => {
    const group = answer.groups?.[subject];
    if (group === undefined) return calendar(subject, subject);
    if ((group.errors?.length ?? 0) > 0) return unknown(subject, group.errors?.[0]?.reason ?? 'error');
    return join(
      subject,
      (group.calendars ?? []).map((id) => calendar(id, subject)),
    );
  });
}

/**
 * The window in parts that Google takes. The inner borders lie on a fixed grid, so that the same time
 * is cut in the same way on the next day.
 */
export function chunksOf(window: Interval): readonly Interval[] {
  const step = FREE_BUSY_DAYS * DAY_MS;
  const chunks: Interval[] = [];
  for (let start: Instant = window.start; start < window.end;) {
    const end = instant(Math.min(window.end, (Math.floor(start / step) + 1) * step));
    chunks.push(interval(start, end));
    start = end;
  }
  return chunks;
}

/** One answer of several for the same subject; what is unknown in part is unknown. */
function join(subject: string, parts: readonly FreeBusyAnswer[]): FreeBusyAnswer {
  const busy: Interval[] = [];
  for (const part of parts) {
    if (part.subject !== subject) continue;
    if ('error' in part) return part;
    busy.push(...part.busy);
  }
  return { subject, busy: merge(busy) };
}

/** Intervals in order, those that touch or overlap made one. */
function merge(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last !== undefined && next.start <= last.end)
      merged[merged.length - 1] = interval(last.start, next.end > last.end ? next.end : last.end);
    else merged.push(next);
  }
  return merged;
}

function readBusy(entries: readonly { readonly start: string; readonly end: string }[], window: Interval): readonly Interval[] | null {
  try {
    return entries.flatMap(({ start, end }) => intersection(interval(parseInstant(start), parseInstant(end)), window) ?? []);
  } catch {
    return null;
  }
}

/** https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query */
const codes: Readonly<Record<string, Extract<FreeBusyAnswer, { error: unknown }>['error']['code']>> = {
  notFound: 'not-found',
  forbidden: 'forbidden',
  groupTooBig: 'too-many',
  tooManyCalendarsRequested: 'too-many',
};

function unknown(subject: string, reason: string): FreeBusyAnswer {
  return { subject, error: { code: codes[reason] ?? 'unavailable', reason } };
}
