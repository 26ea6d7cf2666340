import { DomainError, parseId, type IdKind, type Uuid } from '@daymark/domain';

const names: Partial<Record<IdKind, string>> = {
  apiKey: 'API key',
  schedulingProfile: 'scheduling profile',
  run: 'run',
  setAside: 'set-aside event',
  auditEvent: 'audit event',
  setupLink: 'setup link',
};

/** Nothing of this kind has the id, or the caller may not see it: one answer for both. */
export function notFound(kind: IdKind): DomainError {
  return new DomainError('not-found', `There is no ${names[kind] ?? kind} with this id.`);
}

/** The uuid of an id from a path. @throws DomainError the same 404 as for an id that nobody has. */
export function pathId(kind: IdKind, text: string): Uuid {
  const uuid = parseId(kind, text);
  if (uuid === null) throw notFound(kind);
  return uuid;
}

/** The uuid of an id that a schema has checked already. */
export function checkedId(kind: IdKind, text: string): Uuid {
  const uuid = parseId(kind, text);
  if (uuid === null) throw new TypeError(`the schema let a false ${kind} id through`);
  return uuid;
}
