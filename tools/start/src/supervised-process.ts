import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BAD_CONFIGURATION, NO_DATABASE, PartRefused, StartError } from './start-error.ts';

export interface ProcessOptions {
  /** As people call it: "The sandbox". */
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** Asked again before each start. */
  environment(): Record<string, string | undefined>;
  readonly cwd: string;
  /** Where it writes to: the terminal, or files. */
  readonly output: readonly ['inherit' | number, 'inherit' | number];
  isReady(): Promise<boolean>;
  say(text: string): void;
  /** Added to the cause when it cannot start. */
  readonly fix: string;
  /** Called once it left because a setting is wrong: it is not started again, for that would not help. */
  onRefusal?(exitCode: number): void;
}

interface Exit {
  readonly how: string;
  /** Null when it was killed, or could not be launched. */
  readonly code: number | null;
  readonly wasKilled: boolean;
}

/** With these a part leaves after it has said what is wrong. */
const SAID_WHY = new Set<number | null>([BAD_CONFIGURATION, NO_DATABASE]);

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;
const STABLE_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const WATCHER = new URL('./leave-with-parent.mjs', import.meta.url).href;
/** What Node compiled is kept between starts: halves the time until a part answers. */
const COMPILED = fileURLToPath(new URL('../../../.nx/node-compile-cache', import.meta.url));

/** A program that is kept running: started again with growing pauses when it dies, until it is stopped. */
export class SupervisedProcess {
  private readonly options: ProcessOptions;
  private child: ChildProcess | null = null;
  private isStopping = false;
  private ended: Promise<void> = Promise.resolve();

  constructor(options: ProcessOptions) {
    this.options = options;
  }

  /** Settles when it answers for the first time; throws when it leaves by itself before that, for then trying again would not help. */
  async start(): Promise<void> {
    const exit = this.launch();
    const gone = new AbortController();
    void exit.then(() => gone.abort());
    const outcome = await Promise.race([exit, this.untilReady(gone.signal)]);
    if (outcome !== 'ready' && !outcome.wasKilled) {
      if (outcome.code !== null && SAID_WHY.has(outcome.code)) throw new PartRefused(this.options.name, outcome.code);
      throw new StartError(`${this.options.name} left while it was starting (${outcome.how})`, { fix: this.options.fix });
    }
    this.ended = this.keepRunning(exit);
  }

  /** Ends it now; it comes back with its environment asked anew. */
  restart(): void {
    this.child?.kill('SIGTERM');
  }

  /** Lets it finish what it does, at most 30 seconds. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const child = this.child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(timer);
    }
    await this.ended;
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }

  private launch(): Promise<Exit> {
    const { script, args, nodeOptions = [], environment, cwd, output } = this.options;
    const stdio: StdioOptions = ['ignore', output[0], output[1], 'ipc'];
    // In a group of its own: Ctrl-C reaches the start script alone, which then stops everything in order.
    const child = spawn(process.execPath, ['--enable-source-maps', ...nodeOptions, '--import', WATCHER, script, ...args], {
      cwd,
      env: { NODE_COMPILE_CACHE: COMPILED, ...environment() },
      stdio,
      detached: process.platform !== 'win32',
    });
    this.child = child;
    return new Promise((resolve) => {
      child.once('error', (cause) => resolve({ how: cause.message, code: null, wasKilled: false }));
      child.once('exit', (code, signal) =>
        resolve({ how: signal ? `signal ${signal}` : `exit code ${code}`, code, wasKilled: signal !== null }),
      );
    });
  }

  private async untilReady(gone: AbortSignal): Promise<'ready'> {
    while (!gone.aborted && !(await this.options.isReady())) await sleep(25);
    return gone.aborted ? new Promise(() => undefined) : 'ready';
  }

  private async keepRunning(firstExit: Promise<Exit>): Promise<void> {
    let exit = firstExit;
    let delayMs = FIRST_DELAY_MS;
    let startedAt = Date.now();
    for (;;) {
      const { how, code } = await exit;
      if (this.isStopping) return;
      if (code === BAD_CONFIGURATION && this.options.onRefusal) {
        this.options.say(`${this.options.name} stopped (${how}).`);
        return this.options.onRefusal(code);
      }
      if (Date.now() - startedAt > STABLE_MS) delayMs = FIRST_DELAY_MS;
      this.options.say(`${this.options.name} stopped (${how}); starting it again in ${delayMs / 1000} s.`);
      await sleep(delayMs);
      if (this.isStopping) return;
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      startedAt = Date.now();
      exit = this.launch();
    }
  }
}
