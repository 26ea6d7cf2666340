import { Injectable } from '@nestjs/common';
import { addMinutes, Clock, DomainError, IdSource, Secret, type Uuid } from '@daymark/domain';
import type { PkceStateStore } from '@daymark/provider-contract';
import type { Request } from 'express';
import { Envelope } from '../crypto/envelope.ts';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { Chance } from '../ports/ports.ts';

const LIFE_MINUTES = 10;

/** What a request that starts or ends a sign-in is about; put there by the guard. */
export interface SignInRequest extends Request {
  signIn?: {
    readonly provider: string;
    /** What the browser's cookie holds: a state works in the browser that began. */
    readonly binding: string;
    readonly returnTo: string | null;
  };
}

interface StateRow {
  readonly id: Uuid;
  readonly purpose: string;
  readonly provider: string;
  readonly sealed_verifier: Buffer;
  readonly bound_to: string;
  readonly details: { readonly returnTo: string | null };
  readonly expires_at: Date;
  readonly is_first_use: boolean;
}

/** States of sign-ins under way: random, single use, ten minutes, bound to one browser; with the PKCE verifier, sealed. */
@Injectable()
export class SignInStates implements PkceStateStore {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
    private readonly chance: Chance,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  store(request: unknown, verifier: string, _state: unknown, _meta: unknown, done: (error: Error | null, handle?: string) => void): void {
    this.#save(request as SignInRequest, verifier).then(
      (state) => done(null, state),
      (error: Error) => done(error),
    );
  }

  verify(request: unknown, handle: string, done: (error: Error | null, verifier?: string | false, state?: unknown) => void): void {
    this.#use(request as SignInRequest, handle).then(
      ({ verifier, returnTo }) => done(null, verifier, { returnTo }),
      (error: Error) => done(error),
    );
  }

  async #save(request: SignInRequest, verifier: string): Promise<string> {
    const { provider, binding, returnTo } = request.signIn!;
    const id = this.ids.next();
    const state = this.chance.bytes(32).toString('base64url');
    const now = this.clock.now();
    const sealed = this.envelope.seal(new Secret(verifier), purposeOf(id)).bytes;
    await this.database.door(
      'door_save_oauth_state',
      id,
      sha256(state),
      'sign-in',
      provider,
      sealed,
      bindingHash(binding),
      JSON.stringify({ returnTo }),
      toTimestamp(now),
      toTimestamp(addMinutes(now, LIFE_MINUTES)),
    );
    return state;
  }

  async #use(request: SignInRequest, state: string): Promise<{ readonly verifier: string; readonly returnTo: string | null }> {
    const { provider, binding } = request.signIn!;
    const [row] = await this.database.door<StateRow>('door_use_oauth_state', sha256(state), toTimestamp(this.clock.now()));
    if (row === undefined || row.purpose !== 'sign-in' || row.provider !== provider)
      throw new DomainError('oauth-state-invalid', 'This sign-in was not begun here.');
    if (!row.is_first_use) throw new DomainError('oauth-state-used', 'This sign-in was finished before.');
    if (row.expires_at.getTime() <= this.clock.now())
      throw new DomainError('oauth-state-invalid', 'This sign-in took longer than ten minutes.');
    if (row.bound_to !== bindingHash(binding)) throw new DomainError('oauth-state-invalid', 'This sign-in was begun in another browser.');
    return { verifier: this.envelope.open(row.sealed_verifier, purposeOf(row.id)).reveal(), returnTo: row.details.returnTo };
  }
}

function purposeOf(id: Uuid): string {
  return `oauth-state:${id}`;
}

function bindingHash(binding: string): string {
  return sha256(binding).toString('base64url');
}
