import { directoryRefused } from './outlook-aadsts.ts';
import type { OutlookSettings } from './outlook-options.ts';

/** Every organisation's accounts and personal ones; organisations only; personal ones only. */
const SHARED = new Set(['common', 'organizations', 'consumers']);

/** An address of the identity platform below the directory that was asked for, or the one of the settings. */
export function endpointOf(
  settings: OutlookSettings,
  { directory, path }: { readonly directory: string | undefined; readonly path: string },
): string {
  return `${settings.loginUrl}/${encodeURIComponent(directoryOf(settings, directory))}/${path}`;
}

/**
 * What was asked for may only narrow the settings: one of all, one of the organisations, or the one that is set.
 * @throws ProviderError `invalid-request`
 */
export function directoryOf({ tenant }: Pick<OutlookSettings, 'tenant'>, asked: string | undefined): string {
  if (asked === undefined) return tenant;
  const directory = asked.toLowerCase();
  const isLetIn = tenant === 'common' || directory === tenant.toLowerCase() || (tenant === 'organizations' && !SHARED.has(directory));
  if (!isLetIn || !/^[a-z0-9][a-z0-9.-]*$/.test(directory)) throw directoryRefused();
  return directory;
}

/** Administrators approve for an organisation; which, they say by signing in where no one directory is named. */
export function organisationOf(settings: Pick<OutlookSettings, 'tenant'>, asked: string | undefined): string {
  const directory = directoryOf(settings, asked);
  return SHARED.has(directory) ? 'organizations' : directory;
}
