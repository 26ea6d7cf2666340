import type { Instant } from '@daymark/domain';
import type { PushClaim, RemoteChannel } from '../provider-push.ts';

/** What a service that sends notices does, besides answering the calls of the contract. It calls addresses on loopback. */
export interface WorldPush {
  /** What comes first to a new address: something that wants no answer, something that wants one, or nothing. */
  readonly opensWith: 'greeting' | 'challenge' | 'nothing';
  /** What it says of a channel's own life. */
  readonly says: readonly LifeOfChannel[];
  /** The channels that live. */
  channels(): Promise<readonly HeldChannel[]>;
  /** Until no notice is due or on its way. */
  untilQuiet(): Promise<void>;
  /** One more notice to the address of this channel, as it would come from somebody who does not know its secret. */
  forge(channel: RemoteChannel, secret: string): Promise<void>;
  /** Says so, after it became true: notices of a `lapsing` channel pause, an `ended` one is gone, before `lost` one was dropped. */
  tell(channel: RemoteChannel, says: LifeOfChannel): Promise<void>;
  /** A calendar that the owner reads and that the service does not watch; gives its id. */
  addUnwatched(): Promise<string>;
}

export type LifeOfChannel = Exclude<PushClaim['says'], 'changed'>;

export interface HeldChannel {
  readonly address: string;
  readonly calendarId: string;
  readonly secret: string | null;
  readonly expiresAt: Instant;
}
