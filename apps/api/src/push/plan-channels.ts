import type { Instant } from '@daymark/domain';
import type { Channel } from './channel.ts';

/** What to do about the channels of a calendar. */
export interface ChannelPlan {
  /** `renew` carries the channel to go on with; `keep` the one that lives. */
  readonly main: { readonly do: 'keep' | 'renew'; readonly channel: Channel } | { readonly do: 'subscribe' | 'nothing' };
  /** To be ended at the service, after the main thing is done, so that there is no gap. */
  readonly end: readonly Channel[];
  /** Over by themselves. */
  readonly forget: readonly Channel[];
  /** Cannot be ended yet, since the service's handle is not known. */
  readonly await: readonly Channel[];
}

/** Nobody else sees to the channels meanwhile, so one that is still `opening` belongs to an attempt that died. */
export function planChannels(channels: readonly Channel[], { isWanted, now }: { isWanted: boolean; now: Instant }): ChannelPlan {
  const [forget, live] = [channels.filter(({ expiresAt }) => expiresAt <= now), channels.filter(({ expiresAt }) => expiresAt > now)];
  const open = live.filter(({ state }) => state === 'open').toSorted((one, other) => other.expiresAt - one.expiresAt);
  const kept = isWanted ? open[0] : undefined;
  const superfluous = live.filter((channel) => channel !== kept);
  return {
    main: kept !== undefined ? { do: kept.renewAt <= now ? 'renew' : 'keep', channel: kept } : { do: isWanted ? 'subscribe' : 'nothing' },
    end: superfluous.filter(({ remoteId }) => remoteId !== null),
    forget,
    await: superfluous.filter(({ remoteId }) => remoteId === null),
  };
}
