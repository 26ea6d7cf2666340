import { Injectable } from '@nestjs/common';
import type { Uuid } from '@daymark/domain';
import { ProviderRegistry, type EventFields, type Notify } from '@daymark/provider-contract';
import type { Transaction } from '../database/database.ts';

/** What is put on a calendar, and whom its service may mail because of it. */
export interface Copy {
  readonly fields: EventFields;
  readonly notify: Notify;
}

/**
 * Things of ours on calendars of services that mail guests of whatever is written: such a copy has no guests of ours, whom
 * our own mails invite. Whoever is on it all the same was put there by a person, through the service, and hears from it.
 */
@Injectable()
export class QuietCopies {
  constructor(private readonly registry: ProviderRegistry) {}

  async copyOn(tx: Transaction, calendarId: Uuid, copy: Copy): Promise<Copy> {
    const notify = await this.notifyOn(tx, calendarId, copy.notify);
    return notify === copy.notify ? copy : { fields: { ...copy.fields, attendees: [] }, notify };
  }

  /** The wish as the service of a calendar understands it. */
  async notifyOn(tx: Transaction, calendarId: Uuid, notify: Notify): Promise<Notify> {
    if (notify !== 'none') return notify;
    const [row] = await tx.query<{ provider: string }[]>(
      `SELECT n.provider FROM calendars k JOIN connections n ON n.id = k.connection_id WHERE k.id = $1`,
      [calendarId],
    );
    const provider = row === undefined ? null : this.registry.find(row.provider);
    return provider?.manifest.mailsGuests === 'always' ? 'all' : 'none';
  }
}
