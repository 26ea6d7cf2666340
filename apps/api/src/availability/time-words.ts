import { wallTimeOf, type Instant, type ZoneId } from '@daymark/domain';

/** `2027-03-08 at 14:00 (Europe/Berlin)`. */
export function momentText(at: Instant, zone: ZoneId): string {
  const [date, time] = partsOf(at, zone);
  return `${date} at ${time} (${zone})`;
}

/** `on 2027-03-08 from 14:00 to 15:00 (Europe/Berlin)`, with both dates where they differ. */
export function spanText(start: Instant, end: Instant, zone: ZoneId): string {
  const [startDate, startTime] = partsOf(start, zone);
  const [endDate, endTime] = partsOf(end, zone);
  return startDate === endDate
    ? `on ${startDate} from ${startTime} to ${endTime} (${zone})`
    : `from ${startDate} ${startTime} to ${endDate} ${endTime} (${zone})`;
}

function partsOf(at: Instant, zone: ZoneId): [date: string, time: string] {
  const wall = wallTimeOf(at, zone);
  return [wall.slice(0, 10), wall.slice(11, 16)];
}
