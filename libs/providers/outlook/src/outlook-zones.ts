import { DAY_MS, addMilliseconds, findZone, instant, wallTimeOf } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import { WINDOWS_TO_IANA_MAP, findIana, findWindows } from 'windows-iana';

/**
 * The zone behind a name of Graph: a Windows name stands for the first city of its zone (CLDR, territory 001), an IANA name
 * for itself. Null for what names no zone: empty, `tzone://Microsoft/Custom`, `Customized Time Zone`, a name that is too new.
 * https://learn.microsoft.com/en-us/graph/api/resources/datetimetimezone
 */
export function zoneOf(name: string): ZoneId | null {
  const text = name.trim();
  return findZone(newerCities[text] ?? text) ?? findIana(text).reduce<ZoneId | null>((found, iana) => found ?? findZone(iana), null);
}

/**
 * The Windows name of a zone: Graph takes every one of these, but promises only some IANA names. A zone whose clock no
 * Windows zone shows keeps its own name.
 */
export function windowsZoneOf(zone: ZoneId): string {
  const known = windowsNames.get(zone);
  if (known !== undefined) return known;
  const name = findWindows(zone)[0] ?? windowsNameOfAlias(zone);
  const behind = name === undefined ? null : zoneOf(name);
  const chosen = name !== undefined && behind !== null && haveSameClock(zone, behind) ? name : zone;
  windowsNames.set(zone, chosen);
  return chosen;
}

const windowsNames = new Map<ZoneId, string>();

/**
 * Zones whose first city left them, in newer CLDR data than the package has (Mexico 2022, Kazakhstan 2024), and those whose first
 * city has another name by now: who writes `Asia/Kathmandu` reads it again. To go when the package knows:
 * https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml
 */
const newerCities: Readonly<Record<string, string>> = {
  'Mountain Standard Time (Mexico)': 'America/Mazatlan',
  'Central Asia Standard Time': 'Asia/Bishkek',
  'Argentina Standard Time': 'America/Argentina/Buenos_Aires',
  'FLE Standard Time': 'Europe/Kyiv',
  'Greenland Standard Time': 'America/Nuuk',
  'India Standard Time': 'Asia/Kolkata',
  'Myanmar Standard Time': 'Asia/Yangon',
  'Nepal Standard Time': 'Asia/Kathmandu',
  'US Eastern Standard Time': 'America/Indiana/Indianapolis',
};

/** The table knows some zones by their older name only (`Europe/Kiev`). */
function windowsNameOfAlias(zone: ZoneId): string | undefined {
  const wanted = canonicalName(zone);
  return WINDOWS_TO_IANA_MAP.find(({ iana }) => iana.some((name) => findZone(name) !== null && canonicalName(name) === wanted))
    ?.windowsName;
}

function canonicalName(zone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
}

/** A year in which every change that is decided by now has come, every ten days. */
const probes = Array.from({ length: 37 }, (_, index) => addMilliseconds(instant(Date.UTC(2030, 0, 1)), index * 10 * DAY_MS));

function haveSameClock(one: ZoneId, other: ZoneId): boolean {
  return probes.every((at) => wallTimeOf(at, one) === wallTimeOf(at, other));
}
