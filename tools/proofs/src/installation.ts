import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { startPostgres, type RunningPostgres } from '@daymark/postgres';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { ApiProcess } from './api-process.ts';
import { until } from './waiting.ts';

const SET_UP_MS = 60_000;
const CLIENT = { id: 'proofs.apps.googleusercontent.com', secret: randomBytes(24).toString('base64url') };

/** A database, a sandbox that stays up, and as many processes of the product as a proof wants; in a folder of its own. */
export class Installation {
  readonly sandbox: Sandbox;
  readonly folder: string;
  #postgres: RunningPostgres;
  #pool: Pool;
  readonly #publicPort: number;
  readonly #encryptionKeys = `proofs:${randomBytes(32).toString('base64url')}`;
  readonly #processes: ApiProcess[] = [];

  private constructor({
    sandbox,
    folder,
    postgres,
    publicPort,
  }: {
    sandbox: Sandbox;
    folder: string;
    postgres: RunningPostgres;
    publicPort: number;
  }) {
    this.sandbox = sandbox;
    this.folder = folder;
    this.#postgres = postgres;
    this.#pool = openPool(postgres);
    this.#publicPort = publicPort;
  }

  static async open(): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'daymark-proof-'));
    const publicPort = await freePort();
    const callback = `http://127.0.0.1:${publicPort}/oauth/google/callback`;
    const [postgres, sandbox] = await Promise.all([
      startPostgres({ dataDir: join(folder, 'postgres') }),
      startSandbox({ clients: [{ id: CLIENT.id, secrets: [CLIENT.secret], redirectUris: [callback] }] }),
    ]);
    return new Installation({ sandbox, folder, postgres, publicPort });
  }

  /** The first process answers at the public address. */
  async startApi({
    role,
    settings = {},
  }: {
    role: 'web' | 'worker' | 'all';
    settings?: Readonly<Record<string, string>>;
  }): Promise<ApiProcess> {
    const isFirst = this.#processes.length === 0;
    const api = new ApiProcess({
      port: isFirst ? this.#publicPort : await freePort(),
      environment: { ...this.#environment(), DAYMARK_ROLE: role, ...settings },
      log: join(this.folder, `${role}-${this.#processes.length + 1}.log`),
    });
    this.#processes.push(api);
    await api.start();
    if (isFirst) await this.#setUp();
    return api;
  }

  /** It answers before it has made the tenants and keys of the demo; what it writes of them comes last. */
  async #setUp(): Promise<void> {
    const facts = join(this.folder, 'data', 'demo.json');
    if ((await until(async () => existsSync(facts), { withinMs: SET_UP_MS })) === null) throw new Error(`${facts} was not written in time`);
  }

  /** The key of the demo tenant's owner. */
  key(): string {
    return readFileSync(join(this.folder, 'data', 'demo-key'), 'utf8').trim();
  }

  /** SQL as the superuser, past row-level security. */
  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, values)).rows;
  }

  /** Kills the server at once. */
  killDatabase(): void {
    process.kill(this.#postgres.pid, 'SIGKILL');
  }

  /** @throws Error when it came back at another address: the processes know only the old one. */
  async restartDatabase(): Promise<void> {
    await this.#postgres.whenDown();
    await this.#pool.end();
    const { url } = this.#postgres;
    this.#postgres = await startPostgres({ dataDir: join(this.folder, 'postgres') });
    this.#pool = openPool(this.#postgres);
    if (this.#postgres.url !== url) throw new Error('the database came back at another address; start the proof again');
  }

  /** Whatever of it is left standing ends with it. `keeps` leaves logs and data for looking at. */
  async close({ keeps }: { keeps: boolean }): Promise<void> {
    await Promise.all(this.#processes.map((api) => api.stop()));
    await this.#pool.end();
    await this.#postgres.stop();
    await this.sandbox.close();
    if (keeps) console.log(`the logs and the database are kept in ${this.folder}`);
    else await rm(this.folder, { recursive: true, force: true });
  }

  #environment(): Record<string, string> {
    const google = this.sandbox.googleUrl;
    return {
      DAYMARK_MODE: 'demo',
      DAYMARK_LOG_LEVEL: 'warn',
      DAYMARK_DATA: join(this.folder, 'data'),
      DAYMARK_PUBLIC_URL: `http://127.0.0.1:${this.#publicPort}`,
      DAYMARK_ENCRYPTION_KEYS: this.#encryptionKeys,
      DAYMARK_RATE_LIMIT_PER_MINUTE: '1000000',
      DAYMARK_GOOGLE_CLIENT_ID: CLIENT.id,
      DAYMARK_GOOGLE_CLIENT_SECRET: CLIENT.secret,
      DAYMARK_GOOGLE_AUTHORIZE_URL: `${google}/o/oauth2/v2/auth`,
      DAYMARK_GOOGLE_TOKEN_URL: `${google}/token`,
      DAYMARK_GOOGLE_REVOKE_URL: `${google}/revoke`,
      DAYMARK_GOOGLE_USERINFO_URL: `${google}/v1/userinfo`,
      DAYMARK_GOOGLE_API_URL: `${google}/`,
      SMTP_URL: `smtp://127.0.0.1:${this.sandbox.smtpPort}`,
      DATABASE_URL: this.#postgres.url,
      HOST: '127.0.0.1',
      TZ: 'UTC',
    };
  }
}

function openPool({ adminUrl }: RunningPostgres): Pool {
  const pool = new Pool({ connectionString: adminUrl, max: 2, connectionTimeoutMillis: 5000 });
  pool.on('error', () => undefined);
  return pool;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
