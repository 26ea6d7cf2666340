/**
 * Ids on the wire are a prefix and 32 hex digits of a UUIDv7: `mtg_0190c2…`. In the database they
 * are plain uuids; the prefix says at a glance (and to a parser) what an id belongs to.
 */
export const idPrefixes = {
  account: 'acc',
  tenant: 'ten',
  user: 'usr',
  session: 'ses',
  apiKey: 'key',
  grant: 'grt',
  connection: 'conn',
  calendar: 'cal',
  event: 'evt',
  occurrence: 'occ',
  resource: 'res',
  schedule: 'sch',
  schedulingProfile: 'prf',
  meeting: 'mtg',
  attendee: 'att',
  claim: 'clm',
  placement: 'plc',
  conflict: 'cft',
  reminder: 'rem',
  delivery: 'dlv',
  run: 'run',
  setAside: 'sas',
  change: 'chg',
  auditEvent: 'aud',
  job: 'job',
  hold: 'hld',
  lead: 'led',
  setupLink: 'sul',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** A UUID as the database writes it: lower case, with hyphens. */
export type Uuid = string & { readonly __brand: 'Uuid' };

/** Where new ids come from; injected, so that a test can foresee them. */
export abstract class IdSource {
  /** A UUIDv7: later ones sort after earlier ones. */
  abstract next(): Uuid;
}

export function formatId(kind: IdKind, uuid: Uuid | string): string {
  return `${idPrefixes[kind]}_${uuid.replaceAll('-', '')}`;
}

/** The uuid inside an id of that kind, or null when it is not one. */
export function parseId(kind: IdKind, id: string): Uuid | null {
  const match = /^([a-z]+)_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(id);
  if (match === null || match[1] !== idPrefixes[kind]) return null;
  return match.slice(2).join('-') as Uuid;
}
