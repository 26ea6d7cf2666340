import { Injectable } from '@nestjs/common';
import { addMinutes, Clock, DomainError, IdSource, Secret, type AccessProfileName, type Uuid } from '@daymark/domain';
import { Envelope } from '../crypto/envelope.ts';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { Chance } from '../ports/ports.ts';

const LIFE_MINUTES = 10;

/** What a connect state remembers besides the verifier. */
export interface ConnectDetails {
  readonly userId: Uuid;
  readonly accessProfile: AccessProfileName;
  /** Set when an existing connection is authorized again. */
  readonly connectionId: Uuid | null;
  readonly returnUrl: string | null;
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
  readonly purpose: 'connect' | 'reauthorize';
  readonly boundTo: string;
  readonly details: ConnectDetails;
  readonly verifier: Secret;
}

interface StateRow {
  readonly id: Uuid;
  readonly tenant_id: Uuid | null;
  readonly purpose: string;
  readonly provider: string;
  readonly sealed_verifier: Buffer;
  readonly bound_to: string;
  readonly details: ConnectDetails;
  readonly expires_at: Date;
  readonly is_first_use: boolean;
}

/** States of authorizations under way: random, single use, ten minutes, stored hashed with their PKCE verifier. */
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
    state: { tenantId: Uuid; provider: string; purpose: 'connect' | 'reauthorize'; boundTo: string; details: ConnectDetails },
  ): Promise<{ state: string; codeChallenge: string; expiresAt: ReturnType<typeof addMinutes> }> {
    const id = this.ids.next();
    const text = this.chance.bytes(32).toString('base64url');
    const verifier = this.chance.bytes(48).toString('base64url');
    const now = this.clock.now();
    const expiresAt = addMinutes(now, LIFE_MINUTES);
    await tx.query(
      `INSERT INTO oauth_states (id, tenant_id, state_hash, purpose, provider, sealed_verifier, bound_to, details, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        state.tenantId,
        sha256(text),
        state.purpose,
        state.provider,
        this.envelope.seal(new Secret(verifier), `oauth-state:${id}`).bytes,
        state.boundTo,
        JSON.stringify(state.details),
        toTimestamp(now),
        toTimestamp(expiresAt),
      ],
    );
    return { state: text, codeChallenge: sha256(verifier).toString('base64url'), expiresAt };
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
      throw new StateRefusedError('oauth-state-invalid', 'this authorization took longer than ten minutes', data);
    return {
      tenantId: row.tenant_id,
      provider: row.provider,
      purpose: row.purpose === 'reauthorize' ? 'reauthorize' : 'connect',
      boundTo: row.bound_to,
      details: row.details,
      verifier: this.envelope.open(row.sealed_verifier, `oauth-state:${row.id}`),
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
