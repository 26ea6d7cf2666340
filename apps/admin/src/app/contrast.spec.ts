import { describe, expect, it } from 'vitest';
import type { Pair } from './palette.ts';
import { accent, inks, lines, statusTones, surfaces } from './palette.ts';

const schemes = ['light', 'dark'] as const;

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((place) => Number.parseInt(hex.slice(place, place + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(schemes)('in the %s scheme', (scheme: keyof Pair) => {
  it.each(Object.entries(statusTones))('status %s reads on its ground and on panels', (_, { text, ground }) => {
    expect(contrast(text[scheme], ground[scheme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(text[scheme], surfaces.body[scheme])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.entries(inks))('%s reads on panels, the page and sunken ground', (name, ink) => {
    const grounds = [surfaces.body, surfaces.canvas, ...(name === 'placeholder' ? [] : [surfaces.sunken, surfaces.control])];
    for (const ground of grounds) expect(contrast(ink[scheme], ground[scheme])).toBeGreaterThanOrEqual(4.5);
  });

  it('the accent reads as a button, as a link and as the current place', () => {
    expect(contrast(accent.contrast[scheme], accent.filled[scheme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(accent.contrast[scheme], accent.filledHover[scheme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(accent.lightText[scheme], accent.light[scheme])).toBeGreaterThanOrEqual(4.5);
  });

  it('the outlines of controls and focus stand out by 3 to 1', () => {
    expect(contrast(lines.lineControl[scheme], surfaces.body[scheme])).toBeGreaterThanOrEqual(3);
    expect(contrast(accent.filled[scheme], surfaces.canvas[scheme])).toBeGreaterThanOrEqual(3);
  });
});
