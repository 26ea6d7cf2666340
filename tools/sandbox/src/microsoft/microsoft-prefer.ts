import { badRequest } from './microsoft-error.ts';
import { findZone } from './microsoft-zones.ts';

/** What a caller prefers, from the `Prefer` header; `applied` goes back as `Preference-Applied`. */
export interface Preferences {
  /** Zone name in which times are shown. */
  readonly timeZone: string;
  readonly bodyType: 'html' | 'text';
  readonly isImmutable: boolean;
  readonly maxPageSize: number | null;
  readonly isMinimal: boolean;
  readonly applied: readonly string[];
}

export const NO_PREFERENCES: Preferences = {
  timeZone: 'UTC',
  bodyType: 'html',
  isImmutable: false,
  maxPageSize: null,
  isMinimal: false,
  applied: [],
};

/** @throws GraphError 400 for a zone that nobody knows */
export function readPreferences(header: string | undefined): Preferences {
  let preferences = NO_PREFERENCES;
  const applied: string[] = [];
  for (const part of (header ?? '').split(',')) {
    const [name = '', value = ''] = part.split('=').map((text) => text.trim().replaceAll('"', ''));
    const known = read(name.toLowerCase(), value);
    if (known === null) continue;
    preferences = { ...preferences, ...known };
    applied.push(part.trim());
  }
  return { ...preferences, applied };
}

function read(name: string, value: string): Partial<Preferences> | null {
  switch (name) {
    case 'outlook.timezone':
      if (findZone(value) === null) {
        throw badRequest(
          'TimeZoneNotSupportedException',
          `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${value}'.`,
        );
      }
      return { timeZone: value };
    case 'outlook.body-content-type':
      return value === 'text' || value === 'html' ? { bodyType: value } : null;
    case 'idtype':
      return { isImmutable: value.toLowerCase() === 'immutableid' };
    case 'odata.maxpagesize':
      return Number.isInteger(Number(value)) && Number(value) > 0 ? { maxPageSize: Number(value) } : null;
    case 'return':
      return { isMinimal: value === 'minimal' };
    default:
      return null;
  }
}
