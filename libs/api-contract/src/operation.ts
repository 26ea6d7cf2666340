import type { ProblemCode } from '@daymark/domain';
import type { z } from 'zod';
import type { Access } from './access.ts';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A worked example in wire form; its parts are accepted by the operation's own schemas. */
export interface OperationExample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly body?: unknown;
  readonly response?: unknown;
}

/** One operation of the API as data: the server mounts it, the document and the client are made from it. */
export interface Operation {
  /** camelCase, unique; the client's method name. */
  readonly id: string;
  readonly method: HttpMethod;
  /** With parameters in braces: `/v1/connections/{connection_id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Status of success. */
  readonly status: number;
  /** Null: no JSON; `media` says what comes instead, absent for an empty body or a redirect. */
  readonly response: z.ZodType | null;
  readonly media?: 'text/html' | 'text/plain' | 'text/event-stream' | 'application/json';
  readonly ifMatch?: 'required' | 'optional';
  /** Takes `Idempotency-Key`. */
  readonly isIdempotent: boolean;
  /** Takes `?dry_run=true`. */
  readonly takesDryRun?: boolean;
  /** Those of this operation; what follows from access, parameters and body is added by {@link problemsOf}. */
  readonly problems: readonly ProblemCode[];
  readonly example?: OperationExample;
}

/** Declares an operation and keeps its exact types. */
export function operation<const O extends Operation>(declared: O): O {
  return declared;
}

/** Path parameters after parsing. */
export type ParamsOf<O extends Operation> = O extends { readonly params: infer S extends z.ZodType } ? z.output<S> : Record<never, never>;
/** Query after parsing: defaults filled in, numbers and instants read. */
export type QueryOf<O extends Operation> = O extends { readonly query: infer S extends z.ZodType } ? z.output<S> : Record<never, never>;
/** Body after parsing. */
export type BodyOf<O extends Operation> = O extends { readonly body: infer S extends z.ZodType } ? z.output<S> : undefined;
/** Body as it is sent. */
export type BodyInputOf<O extends Operation> = O extends { readonly body: infer S extends z.ZodType } ? z.input<S> : undefined;
/** Answer as it is sent. */
export type ResponseOf<O extends Operation> = O extends { readonly response: infer S extends z.ZodType } ? z.output<S> : void;

/** Every problem that the operation can answer with, its own first. */
export function problemsOf(one: Operation): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(one.problems);
  const add = (...more: ProblemCode[]): void => {
    for (const code of more) codes.add(code);
  };
  if (one.body !== undefined) add('invalid-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type');
  if (one.query !== undefined || one.path.startsWith('/v1/')) add('validation-failed');
  if (one.params !== undefined) add('not-found');
  if (one.access.kind !== 'public') {
    add('unauthenticated', 'session-expired', 'tenant-suspended', 'rate-limited');
    if (one.method !== 'get') add('csrf-failed');
  }
  if (one.access.kind === 'credential')
    add('key-revoked', 'key-expired', 'forbidden-scope', one.access.role === 'platform' ? 'operator-only' : 'forbidden-role');
  if (one.isIdempotent) add('idempotency-key-reused', 'idempotency-in-progress');
  if (one.ifMatch === 'required') add('precondition-required');
  if (one.ifMatch !== undefined) add('precondition-failed');
  add('internal', 'not-ready');
  return [...codes];
}

/** The path as routers of the Express kind write it: `/v1/connections/:connection_id`. */
export function routePattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
