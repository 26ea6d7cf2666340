import type { NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';

collectDefaultMetrics();

const seconds = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer, by route and status',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** Express middleware: times every request under the template of its route, so that ids make no series. */
export function measureRequests(request: Request, response: Response, next: NextFunction): void {
  const stop = seconds.startTimer();
  response.once('finish', () => {
    const route = (request.route as { path?: unknown } | undefined)?.path;
    stop({ method: request.method, route: typeof route === 'string' ? route : 'other', status: String(response.statusCode) });
  });
  next();
}

/** All numbers of the process in the text format of Prometheus. */
export async function metricsText(): Promise<{ readonly contentType: string; readonly text: string }> {
  return { contentType: register.contentType, text: await register.metrics() };
}
