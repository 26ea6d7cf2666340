import type { ConfigurationFault } from './configuration-error.ts';
import { googleSettings } from './google.config.ts';
import { outlookSettings } from './outlook.config.ts';

/** The settings of each installed provider, under the name by which `app.module.ts` asks for its options: a line each. */
const sections = {
  google: googleSettings,
  outlook: outlookSettings,
};

/** Options of each installed provider; null where it is not configured. */
export type ProviderOptions = { readonly [Name in keyof typeof sections]: ReturnType<(typeof sections)[Name]>['options'] };

/** Reads every section, with the faults of all of them. */
export function readProviders(env: Readonly<Record<string, string | undefined>>): {
  readonly options: ProviderOptions;
  readonly faults: readonly ConfigurationFault[];
} {
  const read = Object.entries(sections).map(([name, section]) => ({ name, ...section(env) }));
  return {
    options: Object.fromEntries(read.map(({ name, options }) => [name, options])) as ProviderOptions,
    faults: read.flatMap(({ faults }) => faults),
  };
}
