import { Controller, Inject, Req, Res } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { DomainError } from '@daymark/domain';
import type { Request, Response } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { equalInConstantTime } from '../crypto/hashing.ts';
import { metricsText } from './metrics.ts';
import { Mount } from './mount.decorator.ts';
import { Readiness } from './readiness.ts';

/** What probes and Prometheus read. */
@Controller()
export class SystemController {
  constructor(
    private readonly readiness: Readiness,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  @Mount(operations.getHealth)
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Mount(operations.getReadiness)
  ready() {
    return this.readiness.check();
  }

  @Mount(operations.getMetrics)
  async metrics(@Req() request: Request, @Res() response: Response): Promise<void> {
    this.#authorizeScrape(request);
    const { contentType, text } = await metricsText();
    response.setHeader('Content-Type', contentType).send(text);
  }

  #authorizeScrape(request: Request): void {
    const { metricsToken, mode } = this.configuration;
    if (metricsToken === null && mode === 'production')
      throw new DomainError('not-found', 'Metrics are shown when DAYMARK_METRICS_TOKEN is set.');
    if (metricsToken === null || equalInConstantTime(request.get('authorization') ?? '', `Bearer ${metricsToken.reveal()}`)) return;
    throw new DomainError('unauthenticated', 'Send DAYMARK_METRICS_TOKEN as Authorization: Bearer.');
  }
}
