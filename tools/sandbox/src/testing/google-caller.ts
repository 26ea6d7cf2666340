import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';
import { checkGoogleAnswer } from './check-google-answer.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
  /** `errors[0].reason` of an error. */
  readonly reason: string | undefined;
}

/** As much of the answers as the specs look at. */
export interface AnswerBody {
  readonly [member: string]: unknown;
  readonly id?: string;
  readonly etag?: string;
  readonly status?: string;
  readonly items?: readonly AnswerItem[];
  readonly nextPageToken?: string;
  readonly nextSyncToken?: string;
  readonly calendars?: Readonly<Record<string, { busy: { start: string; end: string }[]; errors?: { domain: string; reason: string }[] }>>;
}

export interface AnswerItem {
  readonly [member: string]: unknown;
  readonly id: string;
  readonly status?: string;
  readonly summary?: string;
  readonly start?: { readonly date?: string; readonly dateTime?: string; readonly timeZone?: string };
  readonly end?: { readonly date?: string; readonly dateTime?: string };
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** An answer that a fault rule made up need not look like Google's. */
  readonly isUnchecked?: boolean;
}

export type GoogleCaller = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** Calls `/calendar/v3/` with a token; every answer is held against the discovery document. */
export function googleCaller(sandbox: Sandbox, accessToken: string): GoogleCaller {
  return async (method, path, options = {}) => {
    const response = await fetch(`${sandbox.googleUrl}/calendar/v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const body: unknown = text === '' ? null : JSON.parse(text);
    if (options.isUnchecked !== true && !path.includes('fields=')) checkGoogleAnswer({ method, path, status: response.status, body });
    const error = (body as { error?: { errors?: { reason?: string }[] } } | null)?.error;
    return { status: response.status, headers: response.headers, body: (body ?? {}) as AnswerBody, reason: error?.errors?.[0]?.reason };
  };
}

export const NOW = '2026-11-20T08:00:00Z';

export interface TestWorld {
  readonly sandbox: Sandbox;
  readonly ada: GoogleCaller;
  readonly leo: GoogleCaller;
}

/** Ada (Berlin) and Leo (New York) of one company, Rosa of another; time stands at NOW. */
export async function startTestWorld(): Promise<TestWorld> {
  const sandbox = await startSandbox({
    clock: { now: () => Date.parse(NOW) },
    clients: [{ id: 'client-1', secrets: ['secret-1'], redirectUris: ['http://127.0.0.1:9/callback'] }],
  });
  sandbox.google.addPerson({
    email: 'ada@acme.example',
    name: 'Ada Lindqvist',
    timeZone: 'Europe/Berlin',
    aliases: ['a.lindqvist@acme.example'],
  });
  sandbox.google.addPerson({ email: 'leo@acme.example', name: 'Leo Martens', timeZone: 'America/New_York' });
  sandbox.google.addPerson({ email: 'rosa@globex.example', name: 'Rosa Almeida', timeZone: 'America/Sao_Paulo' });
  const ada = googleCaller(sandbox, sandbox.google.connect('ada@acme.example').accessToken);
  const leo = googleCaller(sandbox, sandbox.google.connect('leo@acme.example').accessToken);
  return { sandbox, ada, leo };
}

/** A one-hour event in Berlin. */
export function meeting(day: string, time: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [hour = '00', minute = '00'] = time.split(':');
  const end = `${String(Number(hour) + 1).padStart(2, '0')}:${minute}`;
  return {
    summary: 'Meeting',
    start: { dateTime: `${day}T${time}:00`, timeZone: 'Europe/Berlin' },
    end: { dateTime: `${day}T${end}:00`, timeZone: 'Europe/Berlin' },
    ...more,
  };
}
