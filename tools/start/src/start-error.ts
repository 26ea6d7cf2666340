/** EX_CONFIG of sysexits.h: a setting is wrong, so that starting again would not help. */
export const BAD_CONFIGURATION = 78;
/** EX_UNAVAILABLE of sysexits.h: the database does not answer, which may pass. */
export const NO_DATABASE = 69;

interface Remedy {
  readonly fix: string;
  /** The setting that is wrong; then the exit code is 78. */
  readonly setting?: string;
}

/** Something that keeps Daymark from starting, in words for whoever started it: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
  readonly fix: string;
  readonly setting: string | null;

  constructor(cause: string, { fix, setting }: Remedy) {
    super(cause);
    this.fix = fix;
    this.setting = setting ?? null;
  }

  get exitCode(): number {
    return this.setting === null ? 1 : BAD_CONFIGURATION;
  }

  /** As it is printed. */
  describe(): string {
    return `Daymark did not start: ${this.message}\nFix: ${this.fix}.`;
  }
}

/** Everything that keeps Daymark from starting, at once. */
export class StartErrors extends StartError {
  override readonly name = 'StartErrors';
  readonly errors: readonly StartError[];

  constructor(errors: readonly StartError[]) {
    super(errors.map(({ message }) => message).join('; '), { fix: errors.map(({ fix }) => fix).join('; ') });
    this.errors = errors;
  }

  override get exitCode(): number {
    return this.errors.some(({ setting }) => setting !== null) ? BAD_CONFIGURATION : 1;
  }

  override describe(): string {
    return [
      `Daymark did not start, for ${this.errors.length} reasons:`,
      ...this.errors.map(({ message, fix }) => `  ${message}. Fix: ${fix}.`),
    ].join('\n');
  }
}

/** A part left after it had said itself what is wrong and what to do. */
export class PartRefused extends StartError {
  override readonly name = 'PartRefused';
  readonly #exitCode: number;

  constructor(part: string, exitCode: number) {
    super(`${part} left while it was starting (exit code ${exitCode})`, { fix: 'what it says above' });
    this.#exitCode = exitCode;
  }

  override get exitCode(): number {
    return this.#exitCode;
  }

  override describe(): string {
    return `Daymark did not start (exit code ${this.#exitCode}).`;
  }
}
