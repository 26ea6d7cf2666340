import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@daymark/api-contract';
import { Clock, DomainError, parseId, type Uuid } from '@daymark/domain';
import type { Request } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { sha256 } from '../crypto/hashing.ts';
import { Database } from '../database/database.ts';
import type { Caller } from './caller.ts';
import { cookieOf, sessionCookieName } from './session-cookie.ts';

/** Somebody who has proved who they are; what they want is not known yet. */
export interface Identified extends Pick<Caller, 'tenantId' | 'credential' | 'userId' | 'accountId' | 'role' | 'scopes'> {
  /** Of the key; null where the installation's own limit holds. */
  readonly limitPerMinute: number | null;
  /** Of a session, whose cookie any site can make a browser send. */
  readonly sessionToken: string | null;
}

interface KeyRow {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly user_id: Uuid | null;
  readonly role: Role;
  readonly scopes: string[];
  readonly rate_limit_per_minute: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly tenant_status: string;
}

interface SessionRow {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly user_id: Uuid;
  readonly account_id: Uuid;
  readonly role: Role;
  readonly tenant_status: string;
}

const KEY = /^sk_(?:test|live)_[\w-]{43}$/;

/** Finds out who sends a request: an API key in `Authorization`, else the cookie of a session. */
@Injectable()
export class Credentials {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** @throws DomainError that says what is wrong with the credential. */
  async identify(request: Request): Promise<Identified> {
    refuseKeysInAddress(request);
    const authorization = request.headers.authorization;
    if (authorization !== undefined) return this.#byKey(request, authorization);
    const token = cookieOf(request, sessionCookieName(this.configuration.publicUrl));
    if (token === undefined) throw new DomainError('unauthenticated', 'The request has neither a key nor a session.');
    return this.#bySession(request, token);
  }

  async #byKey(request: Request, authorization: string): Promise<Identified> {
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (key === undefined || !KEY.test(key))
      throw new DomainError('unauthenticated', 'The Authorization header holds no API key of this installation.');
    const [row] = await this.database.door<KeyRow>('door_find_api_key', sha256(key), new Date(this.clock.now()));
    if (row === undefined) throw new DomainError('unauthenticated', 'The API key is not known.');
    if (row.revoked_at !== null) throw new DomainError('key-revoked', 'The API key was revoked.');
    if (row.expires_at !== null && row.expires_at.getTime() <= this.clock.now())
      throw new DomainError('key-expired', 'The API key has expired.');
    refuseSuspended(row.tenant_status);
    return {
      tenantId: await this.#tenantOf(request, row),
      credential: { kind: 'api_key', id: row.id },
      userId: row.user_id,
      accountId: null,
      role: row.role,
      scopes: row.scopes,
      limitPerMinute: row.rate_limit_per_minute,
      sessionToken: null,
    };
  }

  async #bySession(request: Request, token: string): Promise<Identified> {
    const [row] = await this.database.door<SessionRow>('door_find_session', sha256(token), new Date(this.clock.now()));
    if (row === undefined) throw new DomainError('session-expired', 'The session has ended.');
    refuseSuspended(row.tenant_status);
    await this.#tenantOf(request, row);
    return {
      tenantId: row.tenant_id,
      credential: { kind: 'session', id: row.id },
      userId: row.user_id,
      accountId: row.account_id,
      role: row.role,
      scopes: ['*'],
      limitPerMinute: null,
      sessionToken: token,
    };
  }

  /** The tenant comes from the credential; only a platform key may name another. */
  async #tenantOf(request: Request, row: { readonly tenant_id: Uuid; readonly role: Role }): Promise<Uuid> {
    const named = request.headers['x-tenant-id'];
    if (named === undefined) return row.tenant_id;
    if (row.role !== 'platform') throw new DomainError('forbidden-role', 'Only a key with the role platform may name a tenant with X-Tenant-Id.');
    const tenantId = typeof named === 'string' ? parseId('tenant', named) : null;
    const rows =
      tenantId === null
        ? []
        : await this.database.withTenant(tenantId, (tx) =>
            tx.query<{ status: string }[]>(`SELECT status FROM tenants WHERE id = $1`, [tenantId]),
          );
    if (tenantId === null || rows[0] === undefined) throw new DomainError('not-found', 'There is no tenant with this id.');
    return tenantId;
  }
}

/** Addresses end up in histories and logs. */
function refuseKeysInAddress(request: Request): void {
  if (/[?&=]sk_(?:test|live)_/i.test(request.originalUrl)) {
    throw new DomainError(
      'unauthenticated',
      'A key in the address is not accepted, and this one should be revoked: addresses are logged on their way.',
    );
  }
}

function refuseSuspended(status: string): void {
  if (status !== 'active') throw new DomainError('tenant-suspended', 'The tenant is suspended.');
}
