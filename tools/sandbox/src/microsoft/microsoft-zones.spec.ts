import { afterEach, describe, expect, it, vi } from 'vitest';
import { findZone } from './microsoft-zones.ts';

afterEach(() => vi.restoreAllMocks());

describe('a zone by its name', () => {
  it.each([
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['w. europe standard time', 'Europe/Berlin'],
    ['Europe/Lisbon', 'Europe/Lisbon'],
    ['UTC', 'UTC'],
    ['+02:00', null],
    ['tzone://Microsoft/Custom', null],
  ])('finds %s', (name, zone) => {
    expect([findZone(name), findZone(name)]).toEqual([zone, zone]);
  });

  it('tries a name once, since a long series asks for its zone by the thousand', () => {
    const tried = vi.spyOn(Intl, 'DateTimeFormat');
    for (let asked = 0; asked < 1000; asked += 1) findZone('Europe/Madrid');
    expect(tried).toHaveBeenCalledTimes(1);
  });
});
