import { Injectable } from '@nestjs/common';
import { addMinutes, Clock, DomainError, IdSource, Secret, type AccessProfileName, type Instant, type Uuid } from '@daymark/domain';
import { Envelope } from '../crypto/envelope.ts';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { Chance } from '../ports/ports.ts';

const LIFE_MINUTES = 10;
/** An administrator is somebody else, who has to be written to first. */
const ADMIN_LIFE_MINUTES = 7 * 24 * 60;

/** What a connect state remembers besides the verifier. */
export interface ConnectDetails {
  readonly userId: Uuid;
  readonly accessProfile: AccessProfileName;
  /** Set when an existing connection is authorized again. */
  readonly connectionId: Uuid | null;
  readonly returnUrl: string | null;
  /** The organisation's directory that was asked for, at services that have several. */
  readonly directory?: string;
  /** Set when somebody agrees who came with a setup link: it has to be open still. */
  readonly setupLinkId?: Uuid;
  /** Who asked, for the audit. */
  readonly requestedBy: {
    readonly kind: 'api_key' | 'session';
    readonly id: Uuid;
    readonly userId: Uuid | null;
    readonly requestId: string;
  };
}

export interface UsedState {
  readonly tenantId: Uuid;
  readonly provider: string;
  readonly purpose: 'connect' | 'reauthorize' | 'admin-consent';
  readonly boundTo: string;
  readonly details: ConnectDetails;
  /** Null where no code comes back. */
  readonly verifier: Secret | null;
}

interface NewState {
  readonly tenantId: Uuid;
  readonly provider: string;
  readonly boundTo: string;
  readonly details: ConnectDetails;
}

interface StateRow {
  readonly id: Uuid;
  readonly tenant_id: Uuid | null;
  readonly purpose: UsedState['purpose'] | 'sign-in';
  readonly provider: string;
  readonly sealed_verifier: Buffer;
  readonly bound_to: string;
  readonly details: ConnectDetails;
  readonly expires_at: Date;
  readonly is_first_use: boolean;
}

/** States of authorizations under way: random, single use, ten minutes (an administrator's a week), stored hashed with their PKCE verifier. */
@Injectable()
export class OAuthStatesRepository {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
    private readonly chance: Chance,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async create(
    tx: Transaction,
    state: NewState & { readonly purpose: 'connect' | 'reauthorize' },
  ): Promise<{ state: string; codeChallenge: string; expiresAt: Instant }> {
    const id = this.ids.next();
    const verifier = this.chance.bytes(48).toString('base64url');
    const sealedVerifier = this.envelope.seal(new Secret(verifier), `oauth-state:${id}`).bytes;
    const made = await this.#insert(tx, state, { id, sealedVerifier, lifeMinutes: LIFE_MINUTES });
    return { ...made, codeChallenge: sha256(verifier).toString('base64url') };
  }

  /** For the way back of an administrator: no code will come with it, and it lives for a week. */
  async createForAdmin(tx: Transaction, state: NewState): Promise<string> {
    const made = { id: this.ids.next(), sealedVerifier: Buffer.alloc(0), lifeMinutes: ADMIN_LIFE_MINUTES };
    return (await this.#insert(tx, { ...state, purpose: 'admin-consent' }, made)).state;
  }

  async #insert(
    tx: Transaction,
    { tenantId, provider, purpose, boundTo, details }: NewState & { readonly purpose: UsedState['purpose'] },
    { id, sealedVerifier, lifeMinutes }: { id: Uuid; sealedVerifier: Buffer; lifeMinutes: number },
  ): Promise<{ state: string; expiresAt: Instant }> {
    const state = this.chance.bytes(32).toString('base64url');
    const now = this.clock.now();
    const expiresAt = addMinutes(now, lifeMinutes);
    await tx.query(
      `INSERT INTO oauth_states (id, tenant_id, state_hash, purpose, provider, sealed_verifier, bound_to, details, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        tenantId,
        sha256(state),
        purpose,
        provider,
        sealedVerifier,
        boundTo,
        JSON.stringify(details),
        toTimestamp(now),
        toTimestamp(expiresAt),
      ],
    );
    return { state, expiresAt };
  }

  /** Uses a state up. @throws DomainError `oauth-state-used` or `oauth-state-invalid` (with the tenant, where known, for the audit). */
  async use(state: string): Promise<UsedState> {
    const [row] = await this.database.door<StateRow>('door_use_oauth_state', sha256(state), toTimestamp(this.clock.now()));
    if (row === undefined || row.tenant_id === null || row.purpose === 'sign-in') {
      throw new StateUnknownError('this authorization is not known here');
    }
    const data = { tenant_id: row.tenant_id };
    if (!row.is_first_use) throw new StateRefusedError('oauth-state-used', 'this authorization was finished before', data);
    if (row.expires_at.getTime() <= this.clock.now())
      throw new StateRefusedError('oauth-state-invalid', 'this authorization took too long', data);
    return {
      tenantId: row.tenant_id,
      provider: row.provider,
      purpose: row.purpose,
      boundTo: row.bound_to,
      details: row.details,
      verifier: row.purpose === 'admin-consent' ? null : this.envelope.open(row.sealed_verifier, `oauth-state:${row.id}`),
    };
  }
}

/** A state that was never issued here: nobody knows whose tenant it is. */
export class StateUnknownError extends DomainError {
  constructor(detail: string) {
    super('oauth-state-invalid', detail);
  }
}

/** A refused state whose tenant is known, so that its audit can tell. The tenant never reaches the answer. */
export class StateRefusedError extends DomainError {
  readonly tenantId: Uuid;

  constructor(code: 'oauth-state-used' | 'oauth-state-invalid', detail: string, { tenant_id }: { tenant_id: Uuid }) {
    super(code, detail);
    this.tenantId = tenant_id;
  }
}
