import { sha256 } from '../crypto/hashing.ts';

/** The fields of an audit event that its digest covers, as one text; an SQL expression over `audit_events`. */
export const canonicalAudit = `jsonb_build_array(id, extract(epoch FROM occurred_at), actor_kind, actor_id, action, subject_kind, subject_id, outcome, request_id)::text`;

/** What the chain starts from. */
export const CHAIN_START = Buffer.alloc(0);

/** The digest of one event: over the one before, its number, its fields and the digest of its details. */
export function chainDigest(link: {
  readonly previous: Buffer;
  readonly number: number;
  readonly canonical: string;
  readonly detailsDigest: Buffer;
}): Buffer {
  return sha256(Buffer.concat([link.previous, Buffer.from(`|${link.number}|${link.canonical}|`, 'utf8'), link.detailsDigest]));
}

/** The digest of what was before and after; the same whether they come from code or from a jsonb column. */
export function detailsDigest({ before, after }: { readonly before?: unknown; readonly after?: unknown }): Buffer {
  return sha256(`${canonicalJson(before ?? null)}\n${canonicalJson(after ?? null)}`);
}

/** jsonb keeps no order of members. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(value))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
