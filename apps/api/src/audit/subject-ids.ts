import { formatId, idPrefixes, type IdKind, type Uuid } from '@daymark/domain';

/** The id of a recorded subject on the wire: kinds are written `api_key` in rows and have the prefix of `apiKey`. */
export function subjectId(kind: string, id: Uuid): string {
  const name = kind.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(idPrefixes, name) ? formatId(name as IdKind, id) : id;
}

/** The uuid in any id of ours, whatever its kind; null when it is none. */
export function anyUuid(id: string): Uuid | null {
  const match = /^[a-z]+_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(id);
  return match === null ? null : (match.slice(1).join('-') as Uuid);
}
