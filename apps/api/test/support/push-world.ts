import { PushTicks } from '../../src/push/push-ticks.ts';
import { idle, passTime, query, tick, until, uuidOf } from './google-world.ts';
import type { Json } from './request.ts';
import { startSyncWorld, type Connected, type SyncWorld } from './sync-world.ts';

export interface ChannelRow {
  readonly id: string;
  readonly state: string;
  readonly remote_id: string | null;
  readonly renew_at: Date;
  readonly expires_at: Date;
}

/** A sync world in which Google tells of changes: a demo, whose sandbox reaches this machine. */
export interface PushWorld extends SyncWorld {
  /** Somebody connected, whose primary calendar Google watches. */
  watched(events?: number): Promise<Connected & { readonly channelId: string }>;
  /** Opens, renews and ends what is due. */
  tend(): Promise<void>;
  /** Stored channels of a calendar, oldest first. */
  channels(calendar: Json): Promise<ChannelRow[]>;
  /** Ids of the channels that Google has of an account. */
  atGoogle(email: string): string[];
  /** How many runs of a calendar there were. */
  runs(calendar: Json): Promise<number>;
  titles(calendar: Json): Promise<string[]>;
  /** A delivery on a channel, as a service makes it. */
  deliver(channelId: string, headers?: Readonly<Record<string, string>>): Promise<Json>;
  /** Days go by in steps, with every tick. */
  passDays(days: number): Promise<void>;
}

export async function startPushWorld(): Promise<PushWorld> {
  const base = await startSyncWorld({ mode: 'demo' });
  const { test, tenant, sandbox } = base;
  const tend = async (): Promise<void> => {
    await test.get(PushTicks).tend();
    await idle(test);
  };
  const channels = (calendar: Json): Promise<ChannelRow[]> =>
    query<ChannelRow>(test, tenant, `SELECT id, state, remote_id, renew_at, expires_at FROM channels WHERE calendar_id = $1 ORDER BY id`, [
      uuidOf(calendar.id, 'calendar'),
    ]);
  return {
    ...base,
    tend,
    channels,
    async watched(events = 1) {
      const found = await base.connectedWith(events);
      await tend();
      const channel = await until(async () => (await channels(found.calendar)).find(({ state }) => state === 'open') ?? null);
      await idle(test);
      return { ...found, channelId: channel.id };
    },
    atGoogle: (email) =>
      sandbox.google
        .channels()
        .filter((channel) => channel.email === email && channel.expiresAtMs > sandbox.clock.now())
        .map(({ id }) => id),
    runs: async (calendar) =>
      (await query(test, tenant, `SELECT id FROM sync_runs WHERE calendar_id = $1`, [uuidOf(calendar.id, 'calendar')])).length,
    titles: async (calendar) => {
      const { body } = await test.request(
        'GET',
        `/v1/events?calendar_id=${calendar.id}&from=${base.date(-1)}T00:00:00Z&to=${base.date(60)}T00:00:00Z`,
        { key: tenant.key },
      );
      return body.data.map(({ title }: Json) => title);
    },
    deliver: (channelId, headers = {}) => test.request('POST', `/ingress/google/${channelId}`, { headers }),
    async passDays(days) {
      for (let step = 0; step < days * 2; step += 1) {
        passTime(test, 12 * 3_600_000);
        await tick(test);
        await tend();
      }
    },
  };
}
