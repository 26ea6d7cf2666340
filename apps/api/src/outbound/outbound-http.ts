import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { Agent, fetch as undiciFetch } from 'undici';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Clock } from '@daymark/domain';
import { ProviderUsage } from '../http/provider-usage.ts';
import { guardedConnector } from './address-guard.ts';

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 20 * 1024 * 1024;

/** Injection token for a shorter patience than ten seconds. */
const OUTBOUND_TIMEOUT_MS = Symbol('outbound timeout');

/** Counts what was spent on somebody's behalf. */
export interface CallMeter {
  calls: number;
  bytes: number;
}

/** The one way out over HTTP, wrapped by tests that kill before or after a call. */
export abstract class OutboundHttp {
  /** A fetch with the guard, the limits and the counters. `purpose` names whom it speaks to in metrics. */
  abstract fetchFor(purpose: string, meter?: CallMeter): typeof fetch;
}

const seconds = new Histogram({
  name: 'provider_request_duration_seconds',
  help: 'Time of outbound calls, by purpose and outcome',
  labelNames: ['purpose', 'status'],
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** undici with a connector that checks addresses; whole answers, 10 s and 20 MB at most; redirects are not followed. */
@Injectable()
export class GuardedHttp extends OutboundHttp implements OnApplicationShutdown {
  readonly #logger = new Logger('Outbound');
  readonly #agent: Agent;

  constructor(
    @Inject(CONFIGURATION) configuration: Configuration,
    private readonly clock: Clock,
    private readonly usage: ProviderUsage,
    @Optional() @Inject(OUTBOUND_TIMEOUT_MS) private readonly timeoutMs = TIMEOUT_MS,
  ) {
    super();
    this.#agent = new Agent({
      connect: guardedConnector({ allowsPrivate: configuration.allowsPrivateAddresses, timeoutMs }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: LARGEST_ANSWER,
      connections: 64,
    });
  }

  override fetchFor(purpose: string, meter: CallMeter = { calls: 0, bytes: 0 }): typeof fetch {
    return async (input, init) => {
      const startedAt = this.clock.now();
      meter.calls += 1;
      this.usage.count();
      const signal = AbortSignal.any([AbortSignal.timeout(this.timeoutMs), ...(init?.signal ? [init.signal] : [])]);
      let status = 'none';
      try {
        const response = await undiciFetch(input as string, { ...(init as object), redirect: 'manual', signal, dispatcher: this.#agent });
        const body = await response.arrayBuffer();
        status = String(response.status);
        meter.bytes += body.byteLength;
        return new Response(body.byteLength === 0 ? null : body, {
          status: response.status,
          statusText: response.statusText,
          headers: [...response.headers],
        });
      } finally {
        const tookMs = this.clock.now() - startedAt;
        seconds.observe({ purpose, status }, tookMs / 1000);
        this.#logger.debug({ purpose, host: hostOf(input), status, tookMs }, 'outbound call');
      }
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#agent.close();
  }
}

function hostOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : input).host;
}
