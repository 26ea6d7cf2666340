import type { z } from 'zod';
import { DEEPEST, unstorables, type Unstorable, type ValuePath } from './unstorable-text.ts';

/** One refused field: `pointer` into a body (RFC 6901), or `?name` for a query parameter. */
export interface FieldRefusal {
  readonly pointer: string;
  /** What is wrong with it, and what is right; follows the name of the field in a sentence. */
  readonly message: string;
  readonly code: string;
}

export type RequestPart = 'params' | 'query' | 'body';

export type Validated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldRefusal[] };

/** So many refused fields are named; a request can be wrong in more places than an answer should hold. */
export const mostRefusalsNamed = 100;

/**
 * Reads a part of a request by its schema; the refusals are the `errors` of a `validation-failed` problem, the first hundred of them.
 * Text that cannot be stored is refused in every field, whatever its schema says.
 */
export function validate<S extends z.ZodType>(
  schema: S,
  { value, part }: { readonly value: unknown; readonly part: RequestPart },
): Validated<z.output<S>> {
  const unstorable = unstorables(value).map((found) => refusalOf(found, part));
  const result = schema.safeParse(value, { error: plainMessage });
  if (result.success && unstorable.length === 0) return { ok: true, value: result.data };
  const named = new Set(unstorable.map(({ pointer }) => pointer));
  const others = (result.error?.issues ?? []).flatMap((issue) => refusals(issue, part)).filter(({ pointer }) => !named.has(pointer));
  return { ok: false, errors: [...unstorable, ...others].slice(0, mostRefusalsNamed) };
}

function refusalOf({ path, why }: Unstorable, part: RequestPart): FieldRefusal {
  const message =
    why === 'too_deep'
      ? `is nested more than ${DEEPEST} deep`
      : 'holds a character that cannot be stored: U+0000 or half of a surrogate pair';
  return { pointer: pointerTo(path, part), message, code: why };
}

function refusals(issue: z.core.$ZodIssue, part: RequestPart): FieldRefusal[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key], part),
      message: 'is not a field of this request; check its spelling',
      code: 'unknown_field',
    }));
  }
  return [{ pointer: pointerTo(issue.path, part), message: issue.message, code: issue.code }];
}

function pointerTo(path: ValuePath, part: RequestPart): string {
  if (part !== 'body') return `?${String(path[0] ?? '')}`;
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Words for what a schema itself says nothing about. */
function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `is not ${typeWords[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? oneOf(issue.options) : noneOf(issue.errors);
    case 'too_small':
      return `${sizeWords(issue.origin, 'less')} ${String(issue.minimum)}`;
    case 'too_big':
      return `${sizeWords(issue.origin, 'more')} ${String(issue.maximum)}`;
    case 'invalid_format':
      return 'has not the right form';
    default:
      return undefined;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function oneOf(values: readonly unknown[]): string {
  return `is not ${values.length === 1 ? '' : 'one of '}${values.map(String).join(', ')}`;
}

/** What is wrong for each of the forms that a field may have. */
function noneOf(forms: readonly (readonly z.core.$ZodIssue[])[]): string {
  return [...new Set(forms.flatMap(([first]) => (first === undefined ? [] : [first.message])))].join(', and ');
}

function sizeWords(origin: string, than: 'less' | 'more'): string {
  if (origin === 'string') return than === 'less' ? 'has fewer characters than' : 'has more characters than';
  if (origin === 'array') return than === 'less' ? 'has fewer entries than' : 'has more entries than';
  return `is ${than} than`;
}
