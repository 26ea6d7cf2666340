import { idPrefixes, parseId, type IdKind } from '@daymark/domain';
import type { Operation } from '@daymark/api-contract';
import { z } from 'zod';
import type { Json } from './request.ts';

/** One id of each kind that a tenant has. */
export type IdsOf = Readonly<Record<IdKind, string>>;

/** Where an operation takes an id: in the path by name, in query and body by steps; a list by its first item. */
export interface IdPlace {
  readonly part: 'path' | 'query' | 'body';
  readonly steps: readonly string[];
  readonly kind: IdKind;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

const ID_PATTERN = /^\^([a-z]+)_\[0-9a-f\]\{32\}\$$/;
const kindOfPrefix = new Map(Object.entries(idPrefixes).map(([kind, prefix]) => [prefix as string, kind as IdKind]));
const KIND_OF_PARAMETER: Readonly<Record<string, IdKind>> = {
  connection_id: 'connection',
  calendar_id: 'calendar',
  event_id: 'event',
  run_id: 'run',
  schedule_id: 'schedule',
  scheduling_profile_id: 'schedulingProfile',
  meeting_id: 'meeting',
  user_id: 'user',
  resource_id: 'resource',
  api_key_id: 'apiKey',
  dead_letter_id: 'job',
  setup_link_id: 'setupLink',
};

/** Every place of an operation that takes an id, by its own schemas. */
export function idPlaces(operation: Operation): IdPlace[] {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => {
    const kind = KIND_OF_PARAMETER[name!];
    return kind === undefined ? [] : [{ part: 'path', steps: [name!], kind } as const];
  });
  return [...inPath, ...placesIn(operation.query, 'query'), ...placesIn(operation.body, 'body')];
}

function placesIn(type: z.ZodType | undefined, part: 'query' | 'body'): IdPlace[] {
  if (type === undefined) return [];
  const found = new Map<string, IdPlace>();
  const root: Json = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' });
  const walk = (schema: Json, steps: readonly string[]): void => {
    if (schema.$ref !== undefined) return walk(root.$defs[schema.$ref.split('/').at(-1)], steps);
    const prefix = ID_PATTERN.exec(schema.pattern ?? '')?.[1];
    const kind = prefix === undefined ? undefined : kindOfPrefix.get(prefix);
    if (kind !== undefined) found.set(steps.join('/'), { part, steps, kind });
    for (const [name, inner] of Object.entries(schema.properties ?? {})) walk(inner, [...steps, name]);
    if (schema.items) walk(schema.items, [...steps, '0']);
    for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(inner, steps);
  };
  walk(root, []);
  return [...found.values()];
}

/** The operation's own example, made a tenant's: each id is one that the tenant has. */
export function ownCall(operation: Operation, own: IdsOf): Call {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (KIND_OF_PARAMETER[name] ? own[KIND_OF_PARAMETER[name]] : 'x'));
  return { method: operation.method.toUpperCase(), path: `${path}${queryOf(operation, own)}`, body: mapIds(operation.example?.body, own) };
}

/** The same with another id in one place. What cannot be asked together with it is left out. */
export function callWith(operation: Operation, own: IdsOf, { part, steps }: IdPlace, id: string): Call {
  const call = ownCall(operation, own);
  if (part === 'path') return { ...call, path: operation.path.replace(`{${steps[0]}}`, id).replaceAll(/\{\w+\}/g, 'x') };
  if (part === 'query') return { ...call, path: `${operation.path}${queryOf(operation, own, { [steps[0]!]: id })}` };
  return { ...call, body: bodyWith(withPeople(operation, call.body ?? {}, own), steps, id) };
}

function queryOf(operation: Operation, own: IdsOf, more: Readonly<Record<string, string>> = {}): string {
  const query: Json = { ...mapIds(operation.example?.query ?? {}, own), ...more };
  const parameters = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])),
  );
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** Names the people that are asked about, for keys that belong to nobody. */
function withPeople(operation: Operation, body: Json, own: IdsOf): Json {
  const taken = new Set(placesIn(operation.body, 'body').map(({ steps }) => steps[0]));
  if (taken.has('hosts')) return { hosts: [own.user], ...body };
  if (taken.has('participants')) return { ...body, participants: [{ members: [{ user_id: own.user }] }] };
  return taken.has('user_id') && body.email === undefined ? { user_id: own.user, ...body } : body;
}

function bodyWith(body: Json, steps: readonly string[], id: string): Json {
  const [first, last] = [steps[0]!, steps.at(-1)!];
  if (body.scope !== undefined) return { scope: last.replace('_id', ''), [last]: id };
  if (first === 'participants')
    return { ...without(body, ['hosts', 'scheduling_profile_id']), participants: [{ members: [{ [last]: id }] }] };
  if (first === 'subjects') return { ...body, subjects: [{ [last]: id }] };
  if (first === 'scheduling_profile_id') return { ...without(body, ['hosts', 'participants']), scheduling_profile_id: id };
  if (first === 'user_id') return { ...without(body, ['email']), user_id: id };
  if (steps.length === 1) return { ...body, [first]: id };
  return { ...body, [first]: steps[1] === '0' ? [id] : { ...body[first], [steps[1]!]: id } };
}

function without(body: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

function mapIds(value: Json, own: IdsOf): Json {
  if (Array.isArray(value)) return value.map((item) => mapIds(item, own));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapIds(inner, own)]));
  if (typeof value !== 'string') return value;
  const kind = kindOfPrefix.get(value.split('_')[0]!);
  return kind !== undefined && parseId(kind, value) !== null ? own[kind] : value;
}
