import { MailChannel } from '@daymark/reminders';
import { TransactionRunner } from '../../src/database/database.ts';
import { LogContext } from '../../src/http/log-context.ts';
import { JobQueue } from '../../src/jobs/jobs.ts';
import { OutboundHttp } from '../../src/outbound/outbound-http.ts';
import type { TestApp } from './test-app.ts';

/**
 * Before or after the nth call of an operation: `createMeeting transaction`, `write-placement http POST`,
 * `send-mail mail`. The first word is the request or the queue on whose behalf it is called.
 */
export interface CrashPoint {
  readonly operation: string;
  /** From 1. */
  readonly nth: number;
  readonly when: 'before' | 'after';
}

class ProcessDiedError extends Error {
  constructor() {
    super('the process has died');
  }
}

/**
 * Stands around the ports of an app and lets it die at a point: from then on nothing leaves it and nothing
 * is committed, until it is revived as after a restart.
 */
export class CrashPoints {
  readonly #context: LogContext;
  #point: CrashPoint | null = null;
  #isDead = false;
  #calls: string[] = [];

  constructor(test: TestApp) {
    this.#context = test.get(LogContext);
    this.#guardTransactions(test.get(TransactionRunner));
    this.#guardHttp(test.get(OutboundHttp));
    this.#guardJobs(test.get(JobQueue));
    this.#guardMail(test.get(MailChannel));
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Lets it die there, counted from now. */
  crashAt(point: CrashPoint): void {
    this.#point = point;
    this.#calls = [];
  }

  revive(): void {
    this.#point = null;
    this.#isDead = false;
  }

  /** What was called for one kind of request or job since the last {@link crashAt} or {@link forget}, in order. */
  calls(name: string): string[] {
    return this.#calls.filter((operation) => operation.startsWith(`${name} `));
  }

  forget(): void {
    this.#calls = [];
  }

  async #call<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#requireAlive();
    const { operation, queue } = this.#context.fields();
    const name = `${operation ?? queue ?? 'tick'} ${what}`;
    this.#calls.push(name);
    const nth = this.#calls.filter((one) => one === name).length;
    this.#dieAt({ operation: name, nth, when: 'before' });
    const result = await work();
    this.#dieAt({ operation: name, nth, when: 'after' });
    this.#requireAlive();
    return result;
  }

  #dieAt({ operation, nth, when }: CrashPoint): void {
    const point = this.#point;
    if (point?.operation === operation && point.nth === nth && point.when === when) this.#isDead = true;
    this.#requireAlive();
  }

  #requireAlive(): void {
    if (this.#isDead) throw new ProcessDiedError();
  }

  /** What is not committed when the process dies is rolled back. */
  #guardTransactions(runner: TransactionRunner): void {
    const run = runner.run.bind(runner);
    runner.run = (dataSource, work) =>
      this.#call('transaction', () =>
        run(dataSource, async (tx) => {
          const result = await work(tx);
          this.#requireAlive();
          return result;
        }),
      );
  }

  #guardHttp(http: OutboundHttp): void {
    const fetchFor = http.fetchFor.bind(http);
    http.fetchFor = (purpose, meter) => {
      const send = fetchFor(purpose, meter);
      return (input, init) => this.#call(`http ${init?.method ?? 'GET'}`, () => send(input, init));
    };
  }

  #guardJobs(jobs: JobQueue): void {
    const enqueue = jobs.enqueue.bind(jobs);
    const enqueueNow = jobs.enqueueNow.bind(jobs);
    jobs.enqueue = (tx, queue, ids, key) => this.#call(`enqueue ${queue}`, () => enqueue(tx, queue, ids, key));
    jobs.enqueueNow = (queue, ids, key) => this.#call(`enqueue ${queue}`, () => enqueueNow(queue, ids, key));
  }

  #guardMail(channel: MailChannel): void {
    const send = channel.send.bind(channel);
    channel.send = (mail) => this.#call('mail', () => send(mail));
  }
}

/** Before and after each of the calls. */
export function pointsOf(calls: readonly string[]): CrashPoint[] {
  return calls.flatMap((operation, index) => {
    const nth = calls.slice(0, index + 1).filter((one) => one === operation).length;
    return [{ operation, nth, when: 'before' } as const, { operation, nth, when: 'after' } as const];
  });
}
