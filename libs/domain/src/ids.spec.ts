import { describe, expect, it } from 'vitest';
import { formatId, idPrefixes, parseId } from './ids.ts';
import type { IdKind, Uuid } from './ids.ts';

const uuid = '0190c2a4-5b6c-7d8e-9fa0-b1c2d3e4f506' as Uuid;
const kinds = Object.keys(idPrefixes) as IdKind[];

describe('ids', () => {
  it('are a prefix and 32 hex digits on the wire, and the uuid again when read', () => {
    expect(formatId('meeting', uuid)).toBe('mtg_0190c2a45b6c7d8e9fa0b1c2d3e4f506');
    for (const kind of kinds) expect(parseId(kind, formatId(kind, uuid))).toBe(uuid);
  });

  it('of one kind are not accepted as another', () => {
    for (const kind of kinds) for (const other of kinds) if (kind !== other) expect(parseId(other, formatId(kind, uuid))).toBeNull();
  });

  it('tell their kind: no two kinds share a prefix', () => {
    expect(new Set(Object.values(idPrefixes)).size).toBe(kinds.length);
  });

  it.each([
    '',
    uuid,
    'mtg_',
    'mtg_0190c2a45b6c7d8e9fa0b1c2d3e4f50',
    'mtg_0190c2a45b6c7d8e9fa0b1c2d3e4f5066',
    'MTG_0190c2a45b6c7d8e9fa0b1c2d3e4f506',
    'mtg_0190C2A45B6C7D8E9FA0B1C2D3E4F506',
    'mtg_0190c2a4-5b6c-7d8e-9fa0-b1c2d3e4f506',
    ' mtg_0190c2a45b6c7d8e9fa0b1c2d3e4f506',
    'mtg_0190c2a45b6c7d8e9fa0b1c2d3e4f506\n',
    "mtg_0190c2a45b6c7d8e9fa0b1c2d3e4f50'",
  ])('are refused when they look like %j', (text) => {
    expect(parseId('meeting', text)).toBeNull();
  });
});
