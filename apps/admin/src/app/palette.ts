import type { ConnectionStatus } from '@daymark/domain';

/** A colour in both schemes. */
export interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** What a status looks like: text and the ground under it. */
export interface Tone {
  readonly text: Pair;
  readonly ground: Pair;
}

export type ShownStatus = ConnectionStatus | 'syncing';

const pair = (light: string, dark: string): Pair => ({ light, dark });
const tone = (lightText: string, lightGround: string, darkText: string, darkGround: string): Tone => ({
  text: pair(lightText, darkText),
  ground: pair(lightGround, darkGround),
});

/** The one source of status colours: the theme, the chips and the contrast test read it. */
export const statusTones: Readonly<Record<ShownStatus, Tone>> = {
  pending: tone('#5B4B9A', '#EEEBF8', '#BDB0F0', '#221D38'),
  active: tone('#0B6B3A', '#E6F4EC', '#6FD6A0', '#10281C'),
  syncing: tone('#1553B0', '#E7EFFC', '#8FB8FF', '#12213B'),
  paused: tone('#4A5568', '#EDF0F4', '#B4BECC', '#20262E'),
  expired: tone('#8A4B00', '#FDF1DE', '#F5BE6B', '#33230B'),
  error: tone('#B3261E', '#FDEBEA', '#FF9C94', '#3A1614'),
  revoked: tone('#7A1F4B', '#F9E9F1', '#F0A3C8', '#331523'),
};

/** Ground colours, text on them, lines, charts. */
export const surfaces = {
  body: pair('#FFFFFF', '#161B22'),
  canvas: pair('#F7F8FA', '#0F1318'),
  sunken: pair('#F1F3F6', '#1D232C'),
  control: pair('#FFFFFF', '#1D232C'),
  controlHover: pair('#F3F5F8', '#262E39'),
} as const;

export const inks = {
  text: pair('#17202B', '#E8ECF2'),
  dimmed: pair('#566173', '#A3AEBD'),
  placeholder: pair('#667085', '#8B96A6'),
  anchor: pair('#2456C7', '#8FB0FF'),
  error: pair('#B3261E', '#FF9C94'),
  success: pair('#0B6B3A', '#6FD6A0'),
} as const;

export const lines = {
  line: pair('#E3E7ED', '#28303B'),
  lineStrong: pair('#C9D0DA', '#3A4452'),
  lineControl: pair('#848E9D', '#727E8F'),
} as const;

export const charts = {
  chart: pair('#7C97D6', '#6F8FD8'),
  ok: pair('#7FBF9E', '#3F8F67'),
  bad: pair('#D2584F', '#E5736A'),
  warn: pair('#DE9A3C', '#D39A45'),
  none: pair('#DCE1E8', '#2C343F'),
} as const;

export const accent = {
  filled: pair('#2456C7', '#8FB0FF'),
  filledHover: pair('#1C46A6', '#A9C2FF'),
  contrast: pair('#FFFFFF', '#0D1526'),
  light: pair('#EAF0FC', '#1A2540'),
  lightHover: pair('#DDE7FA', '#21304F'),
  lightText: pair('#1C46A6', '#B3CAFF'),
} as const;
