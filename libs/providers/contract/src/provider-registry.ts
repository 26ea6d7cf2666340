import type { CalendarProvider } from './calendar-provider.ts';

/** The providers that are installed and configured. Modules of providers register themselves here. */
export class ProviderRegistry {
  readonly #providers = new Map<string, CalendarProvider>();
  readonly #unconfigured = new Map<string, UnconfiguredProvider>();

  /** @throws Error when the id is taken: two modules of one provider are a mistake of composition. */
  register(provider: CalendarProvider): void {
    this.#refuseSecond(provider.id);
    this.#providers.set(provider.id, provider);
  }

  /** Installed, but without options: named to people with the reason, never used. */
  registerUnconfigured(provider: UnconfiguredProvider): void {
    this.#refuseSecond(provider.id);
    this.#unconfigured.set(provider.id, provider);
  }

  find(id: string): CalendarProvider | null {
    return this.#providers.get(id) ?? null;
  }

  list(): readonly CalendarProvider[] {
    return [...this.#providers.values()];
  }

  listUnconfigured(): readonly UnconfiguredProvider[] {
    return [...this.#unconfigured.values()];
  }

  #refuseSecond(id: string): void {
    if (this.#providers.has(id) || this.#unconfigured.has(id)) throw new Error(`the provider '${id}' is registered twice`);
  }
}

export interface UnconfiguredProvider {
  readonly id: string;
  readonly name: string;
  /** What is missing, in words that name the setting. */
  readonly reason: string;
}
