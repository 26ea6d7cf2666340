/** Something that keeps Daymark from starting, in words for whoever started it: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly fix: string;

  constructor(cause: string, { fix }: { fix: string }) {
    super(cause);
    this.fix = fix;
  }
}
