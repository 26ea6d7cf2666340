import { Injectable } from '@nestjs/common';
import { defaultSettings, settingsIn, type Settings, type SettingsInput } from '@daymark/api-contract';
import type { ZoneId } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';

/** What a tenant starts with. */
export function firstSettings(name: string, timeZone: ZoneId): SettingsInput {
  return {
    branding: { name, color: '#2456c7', logo_url: null, support_email: null, privacy_url: null },
    time_zone: timeZone,
    locale: 'en',
    mail: { from_name: name, reply_to: null, is_enabled: true },
    connections: defaultSettings.connections,
    sync: defaultSettings.sync,
    reminders: { default_minutes: [...defaultSettings.reminders.default_minutes] },
    retention: defaultSettings.retention,
  };
}

/** How a tenant behaves; one document, read and written as a whole. */
@Injectable()
export class TenantSettings {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly audit: Audit,
  ) {}

  /** Of the transaction's tenant. */
  async get(tx: Transaction): Promise<Settings> {
    const [row] = await tx.query<{ settings: unknown; version: number }[]>(`SELECT settings, version FROM tenants`);
    if (row === undefined) throw new Error('the transaction names no tenant');
    return { ...settingsIn.parse(row.settings), version: row.version };
  }

  async getOf(caller: Caller): Promise<Settings> {
    return this.database.withTenant(caller.tenantId, (tx) => this.get(tx));
  }

  async replace(caller: Caller, { settings, ifVersion }: { settings: SettingsInput; ifVersion: number | null }): Promise<Answer<Settings>> {
    return this.writes.run(caller, async (tx) => {
      await tx.query(`SELECT FROM tenants WHERE id = $1 FOR UPDATE`, [caller.tenantId]);
      const before = await this.get(tx);
      requireVersion(ifVersion, before.version);
      await tx.query(`UPDATE tenants SET settings = $2, version = version + 1 WHERE id = $1`, [caller.tenantId, JSON.stringify(settings)]);
      await this.audit.record(tx, caller, {
        action: 'settings.updated',
        subject: { kind: 'tenant', id: caller.tenantId },
        before: { ...before },
        after: { ...settings },
      });
      return this.get(tx);
    });
  }
}
