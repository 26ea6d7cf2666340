import { Inject, Injectable, Logger } from '@nestjs/common';
import { scopes } from '@daymark/api-contract';
import { Clock, DomainError, formatId, type Secret, type Uuid, type ZoneId } from '@daymark/domain';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { Operators } from '../http/operators.ts';
import { Timers } from '../ports/ports.ts';
import { Accounts } from './accounts.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { DemoFiles, type KeyFile } from './demo-files.ts';
import { SessionsService } from './sessions.service.ts';
import { startBanner } from './start-banner.ts';
import { TenantsService } from './tenants.service.ts';

interface Owner {
  readonly tenantId: Uuid;
  readonly userId: Uuid;
}

interface Wanted {
  readonly name: string;
  readonly slug: string;
  readonly zone: string;
  readonly owner: { readonly email: string; readonly name: string };
}

const demoTenants: readonly [Wanted, Wanted] = [
  { name: 'Acme', slug: 'acme', zone: 'Europe/Berlin', owner: { email: 'ada@acme.example', name: 'Ada Lindqvist' } },
  { name: 'Globex', slug: 'globex', zone: 'Australia/Sydney', owner: { email: 'sam@globex.example', name: 'Sam Whitlock' } },
];

const LOOK_EVERY_MS = 100;

/** What an installation needs before anybody can use it: a tenant, an owner, a way in. Doing it again changes nothing. */
@Injectable()
export class FirstStart {
  readonly #logger = new Logger('Start');

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly tenants: TenantsService,
    private readonly accounts: Accounts,
    private readonly keys: ApiKeysService,
    private readonly sessions: SessionsService,
    private readonly operators: Operators,
    private readonly database: Database,
    private readonly files: DemoFiles,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /**
   * Sets up what is missing. With a demo sandbox the owner's calendar is connected from outside: so long, at most, the command to
   * try is held back that books into it. @returns what to print.
   */
  async run({ calendarWithinMs = 0 }: { readonly calendarWithinMs?: number } = {}): Promise<string> {
    const { mode, publicUrl } = this.configuration;
    if (mode === 'demo') return this.#startDemo(calendarWithinMs);
    if (await this.tenants.hasAny()) return startBanner({ mode, publicUrl, signInUrl: null, demo: null, hint: null });
    const { email } = this.operators;
    if (email === null)
      return startBanner({
        mode,
        publicUrl,
        signInUrl: null,
        demo: null,
        hint: 'There is no tenant yet: set DAYMARK_OWNER_EMAIL to your address and start again.',
      });
    const owner = await this.#makeFirstTenant(email);
    return startBanner({ mode, publicUrl, signInUrl: (await this.sessions.makeLink(owner)).reveal(), demo: null, hint: null });
  }

  async #startDemo(calendarWithinMs: number): Promise<string> {
    const { publicUrl, sandbox, ownerEmail, mode } = this.configuration;
    const [acme, globex] = demoTenants;
    const owner = await this.#ensure(ownerEmail === null ? acme : { ...acme, owner: { ...acme.owner, email: ownerEmail } });
    const key = await this.#ensureKey(owner, 'demo-key');
    await this.#ensureKey(await this.#ensure(globex), 'demo-key-globex');
    if (sandbox !== null) await this.#untilBookable(owner, calendarWithinMs);
    const signInUrl = (await this.sessions.makeLink(owner)).reveal();
    const mailUrl = sandbox?.mailUrl ?? null;
    await this.files.writeFacts({
      api_url: `${publicUrl}/v1`,
      admin_url: publicUrl,
      sign_in_url: signInUrl,
      api_key: key.reveal(),
      tenant_id: formatId('tenant', owner.tenantId),
      mail_url: mailUrl,
      sandbox_control_url: sandbox?.controlUrl ?? null,
    });
    return startBanner({ mode, publicUrl, signInUrl, demo: { apiKey: key.reveal(), mailUrl }, hint: null });
  }

  /** Named after the domain of the operator's address. */
  async #makeFirstTenant(email: string): Promise<Owner> {
    const [person = email, domain = email] = email.split('@');
    const name = domain.split('.')[0]!;
    return this.#ensure({ name, slug: slugOf(name), zone: 'UTC', owner: { email, name: person } });
  }

  async #ensure({ name, slug, zone, owner }: Wanted): Promise<Owner> {
    try {
      const { id, ownerId } = await this.tenants.establish({ name, slug, time_zone: zone as ZoneId, owner });
      this.#logger.log(`made the tenant ${name} with its owner ${owner.email}`);
      return { tenantId: id, userId: ownerId };
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'tenant-exists') throw error;
    }
    const accountId = await this.accounts.ofEmail(owner.email, owner.name);
    const known = (await this.accounts.memberships(accountId)).find(({ tenantSlug }) => tenantSlug === slug);
    if (known === undefined) throw new Error(`the tenant '${slug}' exists, but ${owner.email} is no user of it`);
    return { tenantId: known.tenantId, userId: known.userId };
  }

  /** Whoever disconnected the calendar is not kept waiting for it. */
  async #untilBookable({ tenantId, userId }: Owner, withinMs: number): Promise<void> {
    const deadline = this.clock.now() + withinMs;
    while (this.clock.now() < deadline) {
      const [row] = await this.database.withTenant(tenantId, (tx) =>
        tx.query<{ is_known: boolean; is_awaited: boolean; is_read: boolean }[]>(
          `SELECT count(n.id) > 0 AS is_known, coalesce(bool_or(n.status = 'active'), false) AS is_awaited, coalesce(bool_or(k.synced_at IS NOT NULL), false) AS is_read
           FROM connections n LEFT JOIN calendars k ON k.connection_id = n.id AND k.is_primary WHERE n.user_id = $1`,
          [userId],
        ),
      );
      if (row!.is_read || (row!.is_known && !row!.is_awaited)) return;
      await this.timers.wait(LOOK_EVERY_MS);
    }
  }

  /** The same key at every start, as long as the data folder and the database are kept. */
  async #ensureKey(owner: Owner, file: KeyFile): Promise<Secret> {
    const secret = (await this.files.readKey(file)) ?? this.keys.newSecret('test');
    const [known] = await this.database.door<{ tenant_id: Uuid; revoked_at: Date | null }>(
      'door_find_api_key',
      sha256(secret.reveal()),
      toTimestamp(this.clock.now()),
    );
    if (known?.revoked_at === null) return secret;
    const fresh = known === undefined ? secret : this.keys.newSecret('test');
    await this.files.writeKey(file, fresh);
    await this.database.withTenant(owner.tenantId, (tx) =>
      this.keys.make(
        tx,
        { tenantId: owner.tenantId, platform: true },
        { label: 'Demo', role: 'owner', scopes, expiresAt: null, createdBy: owner.userId, userId: owner.userId, secret: fresh },
      ),
    );
    return fresh;
  }
}

function slugOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '')
      .replaceAll(/^-+|-+$/g, '') || 'first'
  );
}
