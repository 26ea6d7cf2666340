import type { MicrosoftEvent } from '../microsoft/microsoft-types.ts';
import type { Sandbox } from '../start-sandbox.ts';
import { checkGraphAnswer } from './check-graph-answer.ts';
import { startMicrosoftSandbox } from './microsoft-world.ts';

export interface GraphAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: GraphBody;
  /** `error.code` of an error. */
  readonly code: string | undefined;
}

/** As much of the answers as the specs look at. */
export interface GraphBody extends Partial<MicrosoftEvent> {
  readonly value?: readonly MicrosoftEvent[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.deltaLink'?: string;
}

export interface GraphOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** An answer that a fault rule made up need not look like Graph's. */
  readonly isUnchecked?: boolean;
}

/** Takes a path below `/v1.0/`, or a whole link as it was given. */
export type GraphCaller = (method: string, path: string, options?: GraphOptions) => Promise<GraphAnswer>;

/** Calls Graph with a token; every answer is held against the published metadata. */
export function graphCaller(sandbox: Sandbox, accessToken: string): GraphCaller {
  const base = `${sandbox.microsoftUrl}/v1.0/`;
  return async (method, path, options = {}) => {
    const response = await fetch(path.startsWith('http') ? path : base + path, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const body: unknown = text === '' ? null : JSON.parse(text);
    if (options.isUnchecked !== true)
      checkGraphAnswer({ method, path: decodeURIComponent(path.replace(base, '')), status: response.status, body });
    const error = (body as { error?: { code?: string } } | null)?.error;
    return { status: response.status, headers: response.headers, body: (body ?? {}) as GraphBody, code: error?.code };
  };
}

export interface GraphWorld {
  readonly sandbox: Sandbox;
  readonly ada: GraphCaller;
  readonly leo: GraphCaller;
}

export async function startGraphWorld(): Promise<GraphWorld> {
  const sandbox = await startMicrosoftSandbox();
  const ada = graphCaller(sandbox, sandbox.microsoft.connect('ada@acme.example').accessToken);
  const leo = graphCaller(sandbox, sandbox.microsoft.connect('leo@acme.example').accessToken);
  return { sandbox, ada, leo };
}

/** A one-hour event in Berlin. */
export function meeting(day: string, time: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [hour = '00', minute = '00'] = time.split(':');
  const end = `${String(Number(hour) + 1).padStart(2, '0')}:${minute}`;
  return {
    subject: 'Meeting',
    start: { dateTime: `${day}T${time}:00`, timeZone: 'Europe/Berlin' },
    end: { dateTime: `${day}T${end}:00`, timeZone: 'Europe/Berlin' },
    ...more,
  };
}

/** Guests as a writer sends them. */
export function guests(...addresses: readonly string[]): { attendees: object[] } {
  return { attendees: addresses.map((address) => ({ emailAddress: { address }, type: 'required' })) };
}

/** A rule every day, or each week on the given days. */
export function repeating(
  startDate: string,
  more: { days?: readonly string[]; count?: number; interval?: number } = {},
): Record<string, unknown> {
  const pattern = more.days === undefined ? { type: 'daily' } : { type: 'weekly', daysOfWeek: more.days };
  const range = more.count === undefined ? { type: 'noEnd' } : { type: 'numbered', numberOfOccurrences: more.count };
  return { recurrence: { pattern: { interval: more.interval ?? 1, ...pattern }, range: { startDate, ...range } } };
}
