import { Inject, Injectable, Logger } from '@nestjs/common';
import { leastRoleOf, scopes } from '@daymark/api-contract';
import { Clock, DomainError, formatId, type Secret, type Uuid, type ZoneId } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { Operators } from '../http/operators.ts';
import { Timers } from '../ports/ports.ts';
import { ApiKeysRepository } from './api-keys.repository.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { DemoFiles, type KeyFile } from './demo-files.ts';
import { SessionsService } from './sessions.service.ts';
import { startBanner } from './start-banner.ts';
import { usersWithAddress } from './sign-in-users.ts';
import { TenantsService } from './tenants.service.ts';
import { UsersRepository } from './users.repository.ts';

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

const KEY_LABEL = 'Demo';
const LOOK_EVERY_MS = 100;

/** What an installation needs before anybody can use it: a tenant, an owner, a way in. Doing it again changes nothing. */
@Injectable()
export class FirstStart {
  readonly #logger = new Logger('Start');

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly tenants: TenantsService,
    private readonly users: UsersRepository,
    private readonly keys: ApiKeysService,
    private readonly storedKeys: ApiKeysRepository,
    private readonly audit: Audit,
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
    const { email } = this.operators;
    if (await this.tenants.hasAny()) {
      const hint = await this.#operatorHint(email);
      const signIn = { command: `npm run sign-in -- ${hint.length === 0 ? email : 'ADDRESS'}` };
      return startBanner({ mode, publicUrl, signIn, demo: null, hint });
    }
    if (email === null) {
      const hint = ['There is no tenant yet: set DAYMARK_OWNER_EMAIL to your address and start again.'];
      return startBanner({ mode, publicUrl, signIn: null, demo: null, hint });
    }
    const url = (await this.sessions.makeLink(await this.#makeFirstTenant(email))).reveal();
    return startBanner({ mode, publicUrl, signIn: { url }, demo: null, hint: [] });
  }

  /** An installation that was made for somebody else is most likely another one than was meant. */
  async #operatorHint(email: string | null): Promise<string[]> {
    if (email === null) return ['DAYMARK_OWNER_EMAIL is not set, so nobody can see and make tenants.'];
    if (await this.#isOwner(email)) return [];
    this.#logger.warn('DAYMARK_OWNER_EMAIL is the address of no owner of a tenant');
    return [
      `DAYMARK_OWNER_EMAIL is ${email}, but no tenant here has an owner of that`,
      'address: this database was made for somebody else. Name the one that you mean',
      '(DAYMARK_DATA, DATABASE_URL), or set the address of an owner.',
    ];
  }

  async #isOwner(email: string): Promise<boolean> {
    for await (const { role } of usersWithAddress(email, { database: this.database, tenants: this.tenants, users: this.users }))
      if (role === 'owner') return true;
    return false;
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
    return startBanner({ mode, publicUrl, signIn: { url: signInUrl }, demo: { apiKey: key.reveal(), mailUrl }, hint: [] });
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
    for await (const known of usersWithAddress(owner.email, { database: this.database, tenants: this.tenants, users: this.users }))
      if (known.tenantSlug === slug) return known;
    throw new ConfigurationError([
      {
        setting: 'DAYMARK_OWNER_EMAIL',
        cause: `is ${owner.email}, but the tenant '${slug}' was made for another address`,
        fix: 'set the address that it was made for, or begin anew in another DAYMARK_DATA',
      },
    ]);
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
    const platform = { tenantId: owner.tenantId, platform: true } as const;
    await this.database.withTenant(owner.tenantId, async (tx) => {
      await this.#revokeOldKeys(tx, owner);
      const usable = scopes.filter((scope) => leastRoleOf(scope) !== 'platform');
      const wanted = { label: KEY_LABEL, role: 'owner', scopes: usable, expiresAt: null, secret: fresh } as const;
      await this.keys.make(tx, platform, { ...wanted, createdBy: owner.userId, userId: owner.userId });
    });
    return fresh;
  }

  /** Of a restored database: its key was kept in the folder that it came from, so nobody here can use it any more. */
  async #revokeOldKeys(tx: Transaction, { tenantId, userId }: Owner): Promise<void> {
    const old = await tx.query<{ id: Uuid }[]>(
      `SELECT id FROM api_keys WHERE name = $1 AND user_id = $2 AND created_by = $2 AND revoked_at IS NULL`,
      [KEY_LABEL, userId],
    );
    for (const { id } of old) {
      await this.storedKeys.revoke(tx, { id, at: this.clock.now(), ofPlatform: false });
      const entry = { action: 'api_key.revoked', subject: { kind: 'api_key', id }, before: { label: KEY_LABEL } };
      await this.audit.record(tx, { tenantId, platform: true }, entry);
    }
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
