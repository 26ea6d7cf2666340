import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Json, Received } from '../api.ts';
import type { SeededChance } from '../chance.ts';
import type { Installation } from '../installation.ts';
import { workingDay, type Person } from '../people.ts';

/** What a client was told of a meeting that it booked. */
export interface Promised {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly guest: string;
  readonly hosts: readonly Person[];
  readonly hasConference: boolean;
  start: string;
  isCancelled: boolean;
  reschedules: number;
}

interface Wish {
  readonly hosts: readonly Person[];
  readonly start: string;
}

const DAYS = 20;
const SLOTS_A_DAY = 15;
const CLIENTS = 5;
const COLLIDING_SHARE = 0.3;
const PAUSE_MS = 160;
const EDITS_A_ROUND = 4;

/**
 * Clients that book, cancel and reschedule, and people who edit their calendars while all are synced.
 * Clients repeat what was not answered, with the same key, until it is.
 */
export class Load {
  readonly promised: Promised[] = [];
  /** Refusals by their code. */
  readonly refused = new Map<string, number>();
  openBookings = 0;
  attempts = 0;
  #isOver = false;
  #lastWish: Wish | null = null;
  #working: Promise<unknown> = Promise.resolve();
  readonly #installation: Installation;
  readonly #api: Api;
  readonly #people: readonly Person[];
  readonly #chance: SeededChance;

  constructor({
    installation,
    api,
    people,
    chance,
  }: {
    installation: Installation;
    api: Api;
    people: readonly Person[];
    chance: SeededChance;
  }) {
    this.#installation = installation;
    this.#api = api;
    this.#people = people;
    this.#chance = chance;
  }

  begin(): void {
    this.#working = Promise.all([...Array.from({ length: CLIENTS }, (_, client) => this.#beClient(client)), this.#editAndSync()]);
  }

  /** Settles when every call that was begun has its answer. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#working;
  }

  async #beClient(client: number): Promise<void> {
    for (let turn = 0; !this.#isOver; turn += 1) {
      const booked = await this.#book(`client-${client}-${turn}`);
      const dice = this.#chance.next();
      if (booked !== null && dice < 0.2) await this.#cancel(booked);
      else if (booked !== null && dice < 0.4) await this.#reschedule(booked);
      await sleep(this.#chance.upTo(PAUSE_MS));
    }
  }

  async #book(key: string): Promise<Promised | null> {
    const { hosts, start } = this.#wish();
    const promise = { key, title: `Load ${key}`, guest: `${key}@client.example`, hosts, hasConference: this.#chance.next() < 0.25 };
    this.attempts += 1;
    const answer = await this.#api.untilAnswered(
      'POST',
      '/v1/meetings',
      {
        headers: { 'idempotency-key': key },
        body: {
          title: promise.title,
          start,
          duration_minutes: 30,
          time_zone: 'UTC',
          hosts: hosts.map(({ id }) => id),
          attendees: [{ email: promise.guest }],
          notify: 'external',
          reminders: [],
          ...(promise.hasConference ? { conference: { required: true } } : {}),
        },
      },
      (call) => this.#watched(call),
    );
    if (answer.status !== 201) return this.#refuse(answer);
    const booked: Promised = { ...promise, id: answer.body.id, start: answer.body.start, isCancelled: false, reschedules: 0 };
    this.promised.push(booked);
    return booked;
  }

  async #watched(call: () => Promise<Received>): Promise<Received> {
    this.openBookings += 1;
    try {
      return await call();
    } finally {
      this.openBookings -= 1;
    }
  }

  async #cancel(booked: Promised): Promise<void> {
    const answer = await this.#api.untilAnswered('POST', `/v1/meetings/${booked.id}/cancel`, {
      headers: { 'idempotency-key': `cancel-${booked.key}` },
      body: { comment: 'Something came up.' },
    });
    if (answer.status === 200) booked.isCancelled = true;
    else this.#refuse(answer);
  }

  /** A version that moved on meanwhile is read again. */
  async #reschedule(booked: Promised): Promise<void> {
    const { start } = this.#wish();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { version } = await this.#api.succeed('GET', `/v1/meetings/${booked.id}`);
      const answer = await this.#api.untilAnswered('PATCH', `/v1/meetings/${booked.id}`, {
        headers: { 'idempotency-key': `move-${booked.key}-${attempt}`, 'if-match': `"${version}"` },
        body: { start },
      });
      if (answer.status === 200) {
        booked.start = answer.body.start;
        booked.reschedules = answer.body.sequence;
        return;
      }
      this.#refuse(answer);
      if (answer.status !== 412) return;
    }
  }

  /** Often a time that somebody else has just asked for. */
  #wish(): Wish {
    if (this.#lastWish !== null && this.#chance.next() < COLLIDING_SHARE) return this.#lastWish;
    const minutes = 9 * 60 + this.#chance.upTo(SLOTS_A_DAY) * 30;
    const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    const first = this.#chance.of(this.#people);
    const others = this.#people.filter((person) => person !== first);
    const hosts = this.#chance.next() < 0.25 ? [first, this.#chance.of(others)] : [first];
    this.#lastWish = { hosts, start: `${workingDay(this.#chance.upTo(DAYS))}T${time}:00Z` };
    return this.#lastWish;
  }

  /** People change their calendars, and everything is synced; sometimes from scratch. */
  async #editAndSync(): Promise<void> {
    for (let round = 0; !this.#isOver; round += 1) {
      for (let edit = 0; edit < EDITS_A_ROUND; edit += 1) this.#edit(`${round}-${edit}`);
      await this.#api.untilAnswered('POST', '/v1/sync/runs', {
        body: { scope: 'all', mode: this.#chance.next() < 0.3 ? 'full' : 'incremental' },
      });
      await sleep(300 + this.#chance.upTo(500));
    }
  }

  #edit(name: string): void {
    const { google } = this.#installation.sandbox;
    const as = this.#chance.of(this.#people).email;
    const own = google.events(as).filter(({ summary, status }) => status !== 'cancelled' && summary?.startsWith('Private ') === true);
    const dice = this.#chance.next();
    if (own.length > 10 && dice < 0.2) return google.deleteEvent({ as }, this.#chance.of(own).id);
    if (own.length > 10 && dice < 0.5)
      return void google.patchEvent({ as }, this.#chance.of(own).id, { summary: `Private ${name} changed` });
    const date = workingDay(this.#chance.upTo(DAYS));
    google.createEvent(
      { as },
      { summary: `Private ${name}`, start: { dateTime: `${date}T19:00:00Z` }, end: { dateTime: `${date}T19:30:00Z` } },
    );
  }

  #refuse(answer: Received): null {
    const code: Json = answer.body?.code ?? answer.status;
    this.refused.set(String(code), (this.refused.get(String(code)) ?? 0) + 1);
    return null;
  }
}
