import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './waiting.ts';

const MAIN = fileURLToPath(new URL('../../../apps/api/dist/main.js', import.meta.url));
/** Makes it leave when the prover is gone. */
const WATCHER = new URL('../../start/src/leave-with-parent.mjs', import.meta.url).href;
const START_MS = 60_000;

/** One process of the product, as it is shipped. */
export class ApiProcess {
  readonly url: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #log: string;
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();

  constructor({ port, environment, log }: { port: number; environment: Readonly<Record<string, string>>; log: string }) {
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = { ...environment, PORT: String(port) };
    this.#log = log;
  }

  /** @throws Error when it does not get ready. */
  async start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', WATCHER, MAIN], {
      env: { PATH: process.env['PATH'], ...this.#environment },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    this.#gone = new Promise((resolve) => child.once('exit', () => resolve()));
    if (!(await this.untilReady(START_MS))) throw new Error(`a process of the product does not get ready; its log is ${this.#log}`);
  }

  isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** False when it is not in time, or left. */
  async untilReady(withinMs: number): Promise<boolean> {
    const outcome = await until(
      async () => {
        if (!this.isRunning()) return 'left';
        const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
        await answer?.arrayBuffer().catch(() => null);
        return answer?.ok === true && 'ready';
      },
      { withinMs },
    );
    return outcome === 'ready';
  }

  /** At once, without a chance to end anything. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Stops it where it is; it notices nothing of the time that passes. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** How many lines of its log have these words. */
  countLogged(words: string): number {
    return readFileSync(this.#log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(words)).length;
  }

  async stop(): Promise<void> {
    if (!this.isRunning()) return;
    this.resume();
    this.#child?.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), 10_000);
    await this.#gone;
    clearTimeout(timer);
  }

  async whenGone(): Promise<void> {
    await this.#gone;
  }
}
