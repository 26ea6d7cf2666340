import { Injectable } from '@nestjs/common';
import {
  leastRoleOf,
  type ApiKey as ApiKeyView,
  type BodyOf,
  type CreatedApiKey,
  type operations,
  type Role,
  type Scope,
} from '@daymark/api-contract';
import { Clock, DomainError, formatId, formatInstant, IdSource, Secret, type Instant, type Uuid } from '@daymark/domain';
import { Audit, type Actor } from '../audit/audit.ts';
import { sha256 } from '../crypto/hashing.ts';
import { Database, type Transaction } from '../database/database.ts';
import { hasRole, type Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { Operators } from '../http/operators.ts';
import { notFound } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Chance } from '../ports/ports.ts';
import { ApiKeysRepository, type ApiKey } from './api-keys.repository.ts';

const SHOWN_CHARACTERS = 12;

type Wanted = BodyOf<typeof operations.createApiKey>;

export interface KeyToMake {
  readonly label: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Instant | null;
  readonly createdBy: Uuid | null;
  /** On whose behalf the key acts; absent for a key of the tenant. */
  readonly userId?: Uuid;
  readonly secret: Secret;
}

/** Keys of programs. The secret exists in the answer that makes it, here only its hash. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly keys: ApiKeysRepository,
    private readonly operators: Operators,
    private readonly audit: Audit,
    private readonly chance: Chance,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async list(caller: Caller, query: { readonly limit: number; readonly cursor?: string }): Promise<Page<ApiKeyView>> {
    const ofPlatform = await this.#isPlatform(caller);
    const rows = await this.database.withTenant(caller.tenantId, (tx) =>
      this.keys.list(tx, { after: cursorId(query.cursor), limit: query.limit + 1, ofPlatform }),
    );
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: keyView });
  }

  /** A key is never more than the one who makes it. */
  async create(caller: Caller, wanted: Wanted): Promise<Answer<CreatedApiKey>> {
    if (wanted.role === 'platform') await this.#refuseOthersThanOperator(caller);
    else if (!hasRole(caller, wanted.role))
      throw new DomainError('forbidden-role', `Your role is ${caller.role}, so the key cannot be ${wanted.role}.`);
    const missing = caller.scopes.includes('*') ? [] : wanted.scopes.filter((scope) => !caller.scopes.includes(scope));
    if (missing.length > 0) throw new DomainError('forbidden-scope', `Your own key lacks ${missing.join(', ')}.`);
    refuseUseless(wanted);
    const secret = this.newSecret(wanted.environment);
    return this.writes.run(
      caller,
      async (tx) => {
        const key = await this.make(tx, caller, {
          label: wanted.label,
          role: wanted.role,
          scopes: wanted.scopes,
          expiresAt: wanted.expires_at,
          createdBy: caller.userId,
          secret,
        });
        return { ...keyView(key), secret: secret.reveal() };
      },
      201,
    );
  }

  async revoke(caller: Caller, id: Uuid): Promise<void> {
    const ofPlatform = await this.#isPlatform(caller);
    await this.writes.run(caller, async (tx) => {
      const key = await this.keys.revoke(tx, { id, ofPlatform, at: this.clock.now() });
      if (key === null) throw notFound('apiKey');
      await this.audit.record(tx, caller, {
        action: 'api_key.revoked',
        subject: { kind: 'api_key', id },
        before: { label: key.label, role: key.role, scopes: key.scopes },
      });
    });
  }

  /** Whether the caller stands above all tenants: a key that does, or the operator in person. */
  async #isPlatform(caller: Caller): Promise<boolean> {
    return hasRole(caller, 'platform') || this.operators.isOperator(caller);
  }

  async #refuseOthersThanOperator(caller: Caller): Promise<void> {
    if (await this.#isPlatform(caller)) return;
    throw new DomainError('operator-only', 'Only the operator of this installation makes keys that stand above all tenants.');
  }

  newSecret(environment: 'test' | 'live'): Secret {
    return new Secret(`sk_${environment}_${this.chance.bytes(32).toString('base64url')}`);
  }

  /** Makes a key within a transaction; the first ones of an installation have no caller. */
  async make(tx: Transaction, actor: Actor, { secret, ...wanted }: KeyToMake): Promise<ApiKey> {
    const id = this.ids.next();
    const key: ApiKey = {
      id,
      ...wanted,
      userId: wanted.userId ?? null,
      prefix: secret.reveal().slice(0, SHOWN_CHARACTERS),
      createdAt: this.clock.now(),
      lastUsedAt: null,
    };
    await this.keys.insert(tx, { ...key, tenantId: actor.tenantId, hash: sha256(secret.reveal()) });
    await this.audit.record(tx, actor, {
      action: 'api_key.created',
      subject: { kind: 'api_key', id },
      after: { label: key.label, role: key.role, scopes: key.scopes },
    });
    return key;
  }
}

/** Whoever relies on a scope that opens nothing would find out at the first call only. */
function refuseUseless({ scopes, role }: Wanted): void {
  const errors = scopes.flatMap((scope, index) => {
    const least = leastRoleOf(scope);
    if (hasRole({ role }, least)) return [];
    const message = `is of use only to a key with the role ${least}${least === 'platform' ? '' : ' or higher'}: ${scope}`;
    return [{ pointer: `/scopes/${index}`, message, code: 'useless_scope' }];
  });
  if (errors.length > 0) throw new DomainError('validation-failed', `The key could never use some of the scopes as ${role}.`, { errors });
}

function keyView(key: ApiKey): ApiKeyView {
  return {
    id: formatId('apiKey', key.id),
    label: key.label,
    prefix: key.prefix,
    role: key.role,
    scopes: [...key.scopes],
    environment: key.prefix.startsWith('sk_test_') ? 'test' : 'live',
    created_by: key.createdBy === null ? null : formatId('user', key.createdBy),
    created_at: formatInstant(key.createdAt),
    expires_at: key.expiresAt === null ? null : formatInstant(key.expiresAt),
    last_used_at: key.lastUsedAt === null ? null : formatInstant(key.lastUsedAt),
  };
}
