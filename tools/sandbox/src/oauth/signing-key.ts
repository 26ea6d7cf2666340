import type { JWK } from 'jose';
import { exportJWK, generateKeyPair } from 'jose';
import { randomToken } from './random-token.ts';

export interface SigningKey {
  kid: string;
  privateJwk: JWK;
  publicJwk: JWK;
}

/** The RS256 key that signs ID tokens; made once and kept with the state that holds it. */
export async function openSigningKey(holder: { state: { signingKey: SigningKey | null }; touch(): void }): Promise<SigningKey> {
  if (holder.state.signingKey !== null) return holder.state.signingKey;
  const pair = await generateKeyPair('RS256', { extractable: true });
  const kid = randomToken('', 20);
  const common = { kid, alg: 'RS256', use: 'sig' };
  const key = {
    kid,
    privateJwk: { ...(await exportJWK(pair.privateKey)), ...common },
    publicJwk: { ...(await exportJWK(pair.publicKey)), ...common },
  };
  holder.state.signingKey ??= key;
  holder.touch();
  return holder.state.signingKey;
}
