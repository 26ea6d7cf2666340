import type { CalendarProvider } from '../calendar-provider.ts';

/** The provider as it is. */
export function chosenMutant(): (provider: CalendarProvider) => CalendarProvider {
  return (provider) => provider;
}
