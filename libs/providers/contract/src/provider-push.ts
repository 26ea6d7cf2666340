import type { Instant, Secret } from '@daymark/domain';

/** A request that came to the address of a channel, as it came; nothing of it is trusted. */
export interface PushDelivery {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Empty where there was none. */
  readonly body: string;
}

/**
 * What somebody claims; the host judges it by the channel's secret. `changed`: look. `lost`: notices were
 * dropped, look. `lapsing`: renew now or it ends. `ended`: the service holds it no more; subscribe anew and look.
 */
export interface PushClaim {
  /** What was given as the channel's secret at subscribing. */
  readonly secret: string;
  readonly says: 'changed' | 'lost' | 'lapsing' | 'ended';
  /** The service's id of the subscription, where it tells. */
  readonly remoteId: string | null;
}

export type PushReading =
  /** The service asks whether somebody is there: answered with status 200 and this body as plain text, before anything else. */
  | { readonly kind: 'challenge'; readonly answer: string }
  /** None: nothing that needs a look, such as a greeting after subscribing. */
  | { readonly kind: 'claims'; readonly claims: readonly PushClaim[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads deliveries. Pure: no network, no clock, no judgement. */
export interface PushReceiver {
  read(delivery: PushDelivery): PushReading;
}

/** What the host asks to be told about, and how. */
export interface ChannelRequest {
  readonly calendarId: string;
  /** Our id of the channel, a UUID; it is part of the address. */
  readonly channelId: string;
  /** Where notices go; live before this is asked, for a service may call it while it answers. */
  readonly address: string;
  /** At most 100 characters of `[A-Za-z0-9_-]`, to come back with every notice. */
  readonly secret: Secret;
  /** The longest wish; the service may give less. */
  readonly until: Instant;
}

/** A channel as the service knows it. */
export interface RemoteChannel {
  readonly channelId: string;
  /** The service's own handle, needed to renew and to end it. */
  readonly remoteId: string;
  readonly expiresAt: Instant;
}

export interface PushSubscriber {
  /** Whether `renew` keeps the same channel; if not, the host subscribes a second one, overlapping, and ends the first. */
  readonly renewsInPlace: boolean;
  /** Asking again for what is already subscribed may throw `conflict`. */
  subscribe(request: ChannelRequest): Promise<RemoteChannel>;
  /** A later end for a channel that lives, also one that asked to be authorized again. Gone: throws `not-found`. */
  renew(channel: RemoteChannel, until: Instant): Promise<RemoteChannel>;
  /** Ending what has ended succeeds. */
  unsubscribe(channel: RemoteChannel): Promise<void>;
}
