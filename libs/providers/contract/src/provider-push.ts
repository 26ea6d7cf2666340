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
  /** {@link RemoteChannel.remoteId}, where the service tells it; it may be told before subscribing has given it. */
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
  /** The longest wish. The service may give less; a wish beyond `limits.channelLifeMs` is no error. */
  readonly until: Instant;
}

/** A channel as the service knows it. */
export interface RemoteChannel {
  readonly channelId: string;
  /** The service's own handle, needed to renew and to end it. Not an identity: overlapping channels of a calendar may share it. */
  readonly remoteId: string;
  /** As granted, not as asked for. */
  readonly expiresAt: Instant;
}

interface Subscribing {
  /**
   * Asking again for what is already subscribed may throw `conflict`. What can never be watched throws `invalid-request`
   * with one of {@link pushRefusals} as its reason; the host polls.
   */
  subscribe(request: ChannelRequest): Promise<RemoteChannel>;
  /** Ending what has ended succeeds. */
  unsubscribe(channel: RemoteChannel): Promise<void>;
}

/** Keeps a channel alive in its place, or leaves it to the host to subscribe a second one, overlapping, and to end the first. */
export type PushSubscriber = Subscribing &
  (
    | {
        readonly renewsInPlace: true;
        /** A later end for a channel that lives, also one that asked to be authorized again. Gone: throws `not-found`. */
        renew(channel: RemoteChannel, until: Instant): Promise<RemoteChannel>;
      }
    | { readonly renewsInPlace: false }
  );

/** Reasons of a refusal to subscribe that another attempt does not mend. */
export const pushRefusals = {
  /** The service watches other calendars of the connection, but not this one. Subject: the calendar. */
  calendar: 'push-unsupported',
  /** The service does not reach our address, or does not like it. Subject: the connection, for it concerns every channel. */
  address: 'push-address-refused',
} as const;
