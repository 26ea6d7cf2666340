import type { CSSProperties, ReactNode } from 'react';

/** A provider as its manifest gives it. */
export interface ProviderLook {
  readonly name: string;
  readonly color: { readonly light: string; readonly dark: string };
}

/** The colour of a provider in both schemes, as `--p`; `--pb` is the ground of an event block. */
export function providerTone({ color }: Pick<ProviderLook, 'color'>): CSSProperties {
  return {
    '--p': `light-dark(${color.light}, ${color.dark})`,
    '--pb': 'color-mix(in srgb, var(--p) 12%, var(--mantine-color-body))',
  } as CSSProperties;
}

/** Square of its colour, and its name: the colour is never alone. */
export function ProviderName({ provider }: { readonly provider: ProviderLook }): ReactNode {
  return (
    <span className="provider" style={providerTone(provider)}>
      {provider.name}
    </span>
  );
}
