import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '@daymark/domain';
import { CONFIGURATION, type Configuration, type EncryptionKey } from '../config/config.ts';
import { Chance } from '../ports/ports.ts';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;

/** A sealed value that cannot be opened: its key is gone, or its bytes were changed. */
export class UnsealError extends Error {
  override readonly name: string = 'UnsealError';
}

/** The key that sealed the value is not among those of the installation; put back, everything opens again. */
export class MissingKeyError extends UnsealError {
  override readonly name = 'MissingKeyError';

  constructor(readonly keyId: string) {
    super(`sealed with key '${keyId}', which is not configured`);
  }
}

export interface Sealed {
  readonly bytes: Buffer;
  readonly keyId: string;
}

/**
 * Envelope encryption, AES-256-GCM: each value has a data key of its own, wrapped by the key of the
 * installation that is named beside it. `purpose` binds a value to its row, so that it cannot be
 * opened when copied to another.
 */
@Injectable()
export class Envelope {
  readonly #keys: ReadonlyMap<string, EncryptionKey>;
  readonly #current: EncryptionKey;

  constructor(
    @Inject(CONFIGURATION) configuration: Configuration,
    private readonly chance: Chance,
  ) {
    this.#keys = new Map(configuration.encryptionKeys.map((key) => [key.id, key]));
    this.#current = configuration.encryptionKeys[0]!;
  }

  /** The id of the key that seals now; rows sealed otherwise wait for rotation. */
  get currentKeyId(): string {
    return this.#current.id;
  }

  /** Of all keys that are configured. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** The other keys that are configured: what they sealed can be opened and sealed anew. */
  get olderKeyIds(): readonly string[] {
    return this.keyIds.filter((id) => id !== this.#current.id);
  }

  seal(secret: Secret, purpose: string): Sealed {
    const dataKey = this.chance.bytes(DATA_KEY_BYTES);
    const keyId = Buffer.from(this.#current.id, 'utf8');
    const head = Buffer.concat([Buffer.from([FORMAT, keyId.length]), keyId]);
    const context = Buffer.concat([head, Buffer.from(purpose, 'utf8')]);
    const wrapped = encrypt(dataKey, { key: this.#current.bytes.reveal(), nonce: this.chance.bytes(NONCE_BYTES), context });
    const body = encrypt(Buffer.from(secret.reveal(), 'utf8'), { key: dataKey, nonce: this.chance.bytes(NONCE_BYTES), context });
    return { bytes: Buffer.concat([head, wrapped, body]), keyId: this.#current.id };
  }

  /** @throws UnsealError */
  open(bytes: Buffer, purpose: string): Secret {
    const idLength = bytes[1] ?? 0;
    const headLength = 2 + idLength;
    const wrappedLength = NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;
    if (bytes[0] !== FORMAT || bytes.length < headLength + wrappedLength + NONCE_BYTES + TAG_BYTES)
      throw new UnsealError('not a sealed value');
    const keyId = bytes.subarray(2, headLength).toString('utf8');
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new MissingKeyError(keyId);
    const context = Buffer.concat([bytes.subarray(0, headLength), Buffer.from(purpose, 'utf8')]);
    try {
      const dataKey = decrypt(bytes.subarray(headLength, headLength + wrappedLength), { key: key.bytes.reveal(), context });
      return new Secret(decrypt(bytes.subarray(headLength + wrappedLength), { key: dataKey, context }).toString('utf8'));
    } catch (error) {
      throw new UnsealError('the sealed value was changed or belongs elsewhere', { cause: error });
    }
  }
}

function encrypt(plain: Buffer, { key, nonce, context }: { key: Buffer; nonce: Buffer; context: Buffer }): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(sealed: Buffer, { key, context }: { key: Buffer; context: Buffer }): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(context);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}
