export interface ConfigurationFault {
  readonly setting: string;
  readonly cause: string;
  readonly fix: string;
}

/** Everything that is wrong with the settings, at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    super(
      [
        `Daymark cannot start: ${faults.length} setting${faults.length === 1 ? ' is' : 's are'} wrong.`,
        ...faults.map((fault) => `  ${fault.setting} ${fault.cause}. Fix: ${fault.fix}.`),
      ].join('\n'),
    );
    this.faults = faults;
  }
}
