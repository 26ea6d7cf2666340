export interface GoogleColor {
  readonly background: string;
  readonly foreground: string;
}

const CALENDAR_BACKGROUNDS = (
  '#ac725e #d06b64 #f83a22 #fa573c #ff7537 #ffad46 #42d692 #16a765 #7bd148 #b3dc6c #fbe983 #fad165 ' +
  '#92e1c0 #9fe1e7 #9fc6e7 #4986e7 #9a9cff #b99aff #c2c2c2 #cabdbf #cca6ac #f691b2 #cd74e6 #a47ae2'
).split(' ');
const EVENT_BACKGROUNDS = '#a4bdfc #7ae7bf #dbadff #ff887c #fbd75b #ffb878 #46d6db #e1e1e1 #5484ed #51b749 #dc2127'.split(' ');

/** The colour behind a `colorId`; an unknown one looks like the first. */
export function colorOf(kind: 'calendar' | 'event', colorId: string): GoogleColor {
  const all = kind === 'calendar' ? CALENDAR_BACKGROUNDS : EVENT_BACKGROUNDS;
  return { background: all[Number(colorId) - 1] ?? all[0] ?? '#9fe1e7', foreground: '#1d1d1d' };
}

/** The body of `colors.get`. */
export function allColors(): Record<string, unknown> {
  const table = (kind: 'calendar' | 'event', count: number): Record<string, GoogleColor> =>
    Object.fromEntries(Array.from({ length: count }, (_unused, index) => [String(index + 1), colorOf(kind, String(index + 1))]));
  return {
    kind: 'calendar#colors',
    updated: '2012-02-14T00:00:00.000Z',
    calendar: table('calendar', CALENDAR_BACKGROUNDS.length),
    event: table('event', EVENT_BACKGROUNDS.length),
  };
}
