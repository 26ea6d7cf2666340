import { Injectable } from '@nestjs/common';
import { Clock, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import type { Calendar } from './calendar.ts';
import { CalendarEntity } from './calendar.entity.ts';

@Injectable()
export class CalendarsRepository {
  constructor(private readonly clock: Clock) {}

  async find(tx: Transaction, id: Uuid): Promise<Calendar | null> {
    return tx.getRepository(CalendarEntity).findOneBy({ id });
  }

  async lock(tx: Transaction, id: Uuid): Promise<Calendar | null> {
    return tx.getRepository(CalendarEntity).findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  async listOfConnection(tx: Transaction, connectionId: Uuid): Promise<Calendar[]> {
    return tx.getRepository(CalendarEntity).find({ where: { connectionId }, lock: { mode: 'pessimistic_write' } });
  }

  async insert(tx: Transaction, calendar: Omit<Calendar, 'version'>): Promise<void> {
    const { providerData, ...rest } = calendar;
    await tx.getRepository(CalendarEntity).insert({ ...rest, version: 1 });
    await this.#setProviderData(tx, calendar.id, providerData);
  }

  async update(tx: Transaction, id: Uuid, changed: Partial<Calendar>): Promise<void> {
    const { providerData, ...rest } = changed;
    await tx.getRepository(CalendarEntity).update({ id }, { ...rest, updatedAt: this.clock.now() });
    if (providerData !== undefined) await this.#setProviderData(tx, id, providerData);
  }

  /** Apart, because TypeORM's partial types do not take open JSON. */
  async #setProviderData(tx: Transaction, id: Uuid, providerData: Readonly<Record<string, unknown>>): Promise<void> {
    await tx.query(`UPDATE calendars SET provider_data = $2 WHERE id = $1`, [id, JSON.stringify(providerData)]);
  }
}
