const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  DAILY: ['day', 'days'],
  WEEKLY: ['week', 'weeks'],
  MONTHLY: ['month', 'months'],
  YEARLY: ['year', 'years'],
};
const DAYS: Readonly<Record<string, string>> = { MO: 'Mon', TU: 'Tue', WE: 'Wed', TH: 'Thu', FR: 'Fri', SA: 'Sat', SU: 'Sun' };
/** What the words can say; any other part makes the rule stand as it is. */
const SAID = new Set(['FREQ', 'INTERVAL', 'BYDAY', 'UNTIL', 'COUNT', 'WKST']);

/** `every week on Mon, Wed`, `every 2 days, 10 times`; rules that are more than that as the provider wrote them. */
export function repeatWords(rules: readonly string[]): string {
  const [rule, ...others] = rules;
  if (rule === undefined) return 'one of a series';
  const parts = new Map(
    rule
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part): [string, string] => [part.split('=')[0] ?? '', part.split('=')[1] ?? '']),
  );
  const unit = UNITS[parts.get('FREQ') ?? ''];
  const days = (parts.get('BYDAY') ?? '').split(',').filter((day) => day !== '');
  const isSayable = others.length === 0 && [...parts.keys()].every((name) => SAID.has(name)) && days.every((day) => day in DAYS);
  if (unit === undefined || !isSayable) return rules.join(' ');
  const interval = Number(parts.get('INTERVAL') ?? 1);
  const until = /^(\d{4})(\d\d)(\d\d)/.exec(parts.get('UNTIL') ?? '');
  return [
    `every ${interval === 1 ? unit[0] : `${interval} ${unit[1]}`}`,
    days.length > 0 && ` on ${days.map((day) => DAYS[day]).join(', ')}`,
    until !== null && `, until ${until.slice(1).join('-')}`,
    parts.has('COUNT') && `, ${parts.get('COUNT')} times`,
  ]
    .filter((part) => part !== false)
    .join('');
}
