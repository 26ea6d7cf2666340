import { DAY_MS, UTC, addMilliseconds, parseInstant, parseZone, wallTimeOf } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import { WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { describe, expect, it } from 'vitest';
import { windowsZoneOf, zoneOf } from './outlook-zones.ts';

describe('a zone of Graph', () => {
  it.each([
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['Eastern Standard Time', 'America/New_York'],
    ['Aus Central W. Standard Time', 'Australia/Eucla'],
    ['Mountain Standard Time (Mexico)', 'America/Mazatlan'],
    ['Central Asia Standard Time', 'Asia/Bishkek'],
    ['India Standard Time', 'Asia/Kolkata'],
    ['Nepal Standard Time', 'Asia/Kathmandu'],
    ['FLE Standard Time', 'Europe/Kyiv'],
    ['UTC-11', 'Etc/GMT+11'],
    ['UTC+13', 'Etc/GMT-13'],
    ['UTC', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    [' Asia/Kolkata ', 'Asia/Kolkata'],
  ])('%s is %s', (name, zone) => {
    expect(zoneOf(name)).toBe(zone);
  });

  it.each(['', ' ', 'tzone://Microsoft/Custom', 'Customized Time Zone', 'Mars Standard Time', '+01:00'])('%j is none', (name) => {
    expect(zoneOf(name)).toBeNull();
  });

  it('is known for every Windows name of the table', () => {
    expect(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName).filter((name) => zoneOf(name) === null)).toEqual([]);
  });
});

describe('the Windows name of a zone', () => {
  it.each([
    ['Europe/Berlin', 'W. Europe Standard Time'],
    ['Europe/Zurich', 'W. Europe Standard Time'],
    ['Europe/Kyiv', 'FLE Standard Time'],
    ['Europe/Kiev', 'FLE Standard Time'],
    ['Asia/Kolkata', 'India Standard Time'],
    ['Asia/Calcutta', 'India Standard Time'],
    ['America/Argentina/Buenos_Aires', 'Argentina Standard Time'],
    ['US/Pacific', 'Pacific Standard Time'],
    ['UTC', 'UTC'],
    ['Etc/GMT+5', 'SA Pacific Standard Time'],
  ])('%s is %s', (zone, name) => {
    expect(windowsZoneOf(parseZone(zone))).toBe(name);
  });

  it.each(['Antarctica/Troll', 'Antarctica/Casey', 'America/Ciudad_Juarez'])('is the IANA name where Windows has none: %s', (zone) => {
    expect(windowsZoneOf(parseZone(zone))).toBe(zone);
  });

  it('leads back to a zone of the same clock', () => {
    const clock = (zone: ZoneId) => [15, 105, 195, 300].map((day) => wallTimeOf(addMilliseconds(JANUARY, day * DAY_MS), zone));
    const moved = Intl.supportedValuesOf('timeZone').filter((name) => {
      const zone = parseZone(name);
      return clock(zone).join() !== clock(zoneOf(windowsZoneOf(zone)) ?? UTC).join();
    });
    expect(moved).toEqual([]);
  });
});

const JANUARY = parseInstant('2027-01-01T00:00:00Z');
