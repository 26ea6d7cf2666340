import { Inject, Injectable } from '@nestjs/common';
import type { Operation } from '@daymark/api-contract';
import { Clock, DomainError } from '@daymark/domain';
import type { Request, Response } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { sha256 } from '../crypto/hashing.ts';
import { Database } from '../database/database.ts';
import type { Identified } from './credentials.ts';

const WINDOW_MS = 60_000;
/** A tenant may spend as much as this many credentials at their limit. */
const TENANT_SHARE = 10;
/** System pages are read by probes that must not be turned away. */
const LIMITED_WITHOUT_CREDENTIAL = /^\/(?:v1|auth|oauth)\//;

interface Spent {
  readonly name: string;
  readonly quota: number;
  readonly left: number;
  readonly resetSeconds: number;
}

/**
 * Requests per minute, counted in the database, so that all processes share the count. Told in the
 * headers of draft-ietf-httpapi-ratelimit-headers.
 */
@Injectable()
export class RateLimits {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** Counts a request of a credential and of its tenant. @throws DomainError `rate-limited` */
  async of(identified: Identified, response: Response): Promise<void> {
    const own = identified.limitPerMinute ?? this.configuration.rateLimitPerMinute;
    const total = this.configuration.rateLimitPerMinute * TENANT_SHARE;
    const { kind, id } = identified.credential;
    const credential = await this.#spend(`${kind}:${id}`, { name: 'credential', quota: own });
    // What one credential sends beyond its own limit costs the others of its tenant nothing.
    if (credential.left < 0) return this.#settle([credential], response);
    this.#settle([credential, await this.#spend(`tenant:${identified.tenantId}`, { name: 'tenant', quota: total })], response);
  }

  /** Counts a request without credential by where it comes from. @throws DomainError `rate-limited` */
  async ofStranger(operation: Operation, request: Request, response: Response): Promise<void> {
    if (!LIMITED_WITHOUT_CREDENTIAL.test(operation.path)) return;
    const address = sha256(request.ip ?? 'unknown').toString('base64url');
    this.#settle([await this.#spend(`address:${address}`, { name: 'address', quota: this.configuration.rateLimitPerMinute })], response);
  }

  async #spend(key: string, { name, quota }: { name: string; quota: number }): Promise<Spent> {
    const now = this.clock.now();
    const [row] = await this.database.door<{ hits: number; window_started_at: Date }>('door_hit_rate_limit', key, new Date(now), WINDOW_MS);
    const { hits, window_started_at } = row!;
    return {
      name,
      quota,
      left: quota - hits,
      resetSeconds: Math.max(1, Math.ceil((window_started_at.getTime() + WINDOW_MS - now) / 1000)),
    };
  }

  #settle(spent: readonly Spent[], response: Response): void {
    const window = WINDOW_MS / 1000;
    response.setHeader('RateLimit-Policy', spent.map(({ name, quota }) => `"${name}";q=${quota};w=${window}`).join(', '));
    response.setHeader(
      'RateLimit',
      spent.map(({ name, left, resetSeconds }) => `"${name}";r=${Math.max(0, left)};t=${resetSeconds}`).join(', '),
    );
    const used = spent.filter(({ left }) => left < 0);
    if (used.length === 0) return;
    const seconds = Math.max(...used.map(({ resetSeconds }) => resetSeconds));
    throw new DomainError('rate-limited', `The ${used[0]!.name} may send ${used[0]!.quota} requests a minute; wait ${seconds} s.`, {
      retry_after: seconds,
      limited_by: 'platform',
    });
  }
}
