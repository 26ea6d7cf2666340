import type { CSSVariablesResolver, ExtendComponent, InputFactory } from '@mantine/core';
import { Button, createTheme, rem } from '@mantine/core';
import type { Pair } from './palette.ts';
import { accent, charts, inks, lines, statusTones, surfaces } from './palette.ts';

type Ten = [string, string, string, string, string, string, string, string, string, string];

const accentShades: Ten = ['#F0F4FD', '#E1E9FA', '#C1D2F5', '#8FB0FF', '#6E93EE', '#4A74DE', '#3263D2', '#2456C7', '#1C46A6', '#16377F'];

/** The head of a dialog is a `header` element, which would be a second banner of the page. */
const headIsNoLandmark = { header: { role: 'presentation' } };

/** Lightest first; Mantine takes inputs, tracks and lines of the dark scheme from it. */
const darkShades: Ten = ['#E8ECF2', '#A3AEBD', '#8B96A6', '#727E8F', '#3A4452', '#28303B', '#1D232C', '#161B22', '#0F1318', '#0B0E12'];

/** By its type only: no page needs fields before it is opened. */
const input: ExtendComponent<InputFactory> = {
  vars: (_, { multiline }) => ({
    wrapper: {
      '--input-height': 'var(--dm-input)',
      '--input-size': multiline === true ? 'auto' : 'var(--dm-input)',
      '--input-fz': 'var(--dm-input-text)',
    },
  }),
};

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  colors: { accent: accentShades, dark: darkShades },
  fontFamily: '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Inter, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", "Noto Sans Mono", monospace',
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  lineHeights: { xs: rem(16), sm: rem(20), md: rem(20), lg: rem(24), xl: rem(28) },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  radius: { xs: rem(3), sm: rem(5), md: rem(7), lg: rem(10), xl: rem(14) },
  defaultRadius: 'sm',
  breakpoints: { xs: '30em', sm: '48em', md: '64em', lg: '80em', xl: '96em' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: rem(20), lineHeight: rem(28) }, h2: { fontSize: rem(14), lineHeight: rem(20) } },
  },
  respectReducedMotion: true,
  focusRing: 'auto',
  cursorType: 'pointer',
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default', size: 'sm' },
      vars: (_, { size }) => ({
        root:
          size === 'xs'
            ? { '--button-height': 'var(--dm-control-sm)', '--button-padding-x': '8px', '--button-fz': '12px' }
            : { '--button-height': 'var(--dm-control)', '--button-padding-x': '10px', '--button-fz': '13px' },
      }),
    }),
    Input: input,
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 30 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    MultiSelect: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { attributes: headIsNoLandmark, transitionProps: { duration: 120 }, centered: true, radius: 'md' } },
    Drawer: { defaultProps: { attributes: headIsNoLandmark, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { shadow: 'md', withinPortal: false, withInitialFocusPlaceholder: false, transitionProps: { duration: 120 } } },
  },
  other: { status: statusTones },
});

/** Ours as `--dm-*`, and the variables of Mantine that depend on the scheme. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    '--dm-rail': '216px',
    '--dm-topbar': '48px',
    '--dm-page-max': '1440px',
    '--dm-row': '36px',
    '--dm-motion': '120ms cubic-bezier(.2, 0, 0, 1)',
  },
  light: { ...ofScheme('light'), '--mantine-shadow-md': '0 1px 2px rgb(16 24 40 / .06), 0 8px 24px -6px rgb(16 24 40 / .18)' },
  dark: { ...ofScheme('dark'), '--mantine-shadow-md': '0 0 0 1px rgb(255 255 255 / .04), 0 12px 32px -8px rgb(0 0 0 / .7)' },
});

function ofScheme(scheme: keyof Pair): Record<string, string> {
  const variables: Record<string, string> = {
    '--mantine-color-body': surfaces.body[scheme],
    '--mantine-color-default': surfaces.control[scheme],
    '--mantine-color-default-hover': surfaces.controlHover[scheme],
    '--mantine-color-default-border': lines.lineStrong[scheme],
    '--mantine-color-default-color': inks.text[scheme],
    '--mantine-color-text': inks.text[scheme],
    '--mantine-color-dimmed': inks.dimmed[scheme],
    '--mantine-color-placeholder': inks.placeholder[scheme],
    '--mantine-color-anchor': inks.anchor[scheme],
    '--mantine-color-error': inks.error[scheme],
    '--mantine-color-success': inks.success[scheme],
    '--mantine-color-disabled': surfaces.sunken[scheme],
    '--mantine-color-disabled-color': inks.placeholder[scheme],
    '--mantine-primary-color-filled': accent.filled[scheme],
    '--mantine-primary-color-filled-hover': accent.filledHover[scheme],
    '--mantine-primary-color-contrast': accent.contrast[scheme],
    '--mantine-primary-color-light': accent.light[scheme],
    '--mantine-primary-color-light-hover': accent.lightHover[scheme],
    '--mantine-primary-color-light-color': accent.lightText[scheme],
    '--dm-canvas': surfaces.canvas[scheme],
    '--dm-sunken': surfaces.sunken[scheme],
    '--dm-line': lines.line[scheme],
    '--dm-line-strong': lines.lineStrong[scheme],
    '--dm-line-control': lines.lineControl[scheme],
    '--dm-focus': accent.filled[scheme],
  };
  for (const [name, tone] of Object.entries(statusTones)) {
    variables[`--dm-status-${name}`] = tone.text[scheme];
    variables[`--dm-status-${name}-bg`] = tone.ground[scheme];
  }
  for (const [name, colour] of Object.entries(charts)) variables[name === 'chart' ? '--dm-chart' : `--dm-chart-${name}`] = colour[scheme];
  return variables;
}
