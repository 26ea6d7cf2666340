import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '@daymark/domain';
import { CONFIGURATION, type Configuration } from '../config/config.ts';

const OWNER_ONLY = 0o600;
const FACTS_FILE = 'demo.json';

/** Of the first tenant's owner, and of the second's. */
export type KeyFile = 'demo-key' | 'demo-key-globex';

/** What programs need to try the demo. */
export interface DemoFacts {
  readonly api_url: string;
  readonly admin_url: string;
  readonly sign_in_url: string;
  readonly api_key: string;
  readonly tenant_id: string;
  readonly mail_url: string | null;
  readonly sandbox_control_url: string | null;
}

/** Files of the demo in the data folder; readable by their owner only. */
@Injectable()
export class DemoFiles {
  constructor(@Inject(CONFIGURATION) private readonly configuration: Configuration) {}

  /** The key of the earlier start, or null on the first one. */
  async readKey(file: KeyFile): Promise<Secret | null> {
    try {
      return new Secret((await readFile(join(this.configuration.dataDir, file), 'utf8')).trim());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async writeKey(file: KeyFile, key: Secret): Promise<void> {
    await this.#write(file, `${key.reveal()}\n`);
  }

  async writeFacts(facts: DemoFacts): Promise<void> {
    await this.#write(FACTS_FILE, `${JSON.stringify(facts, null, 2)}\n`);
  }

  /** Whole or not at all: a program may read while this writes. */
  async #write(name: string, text: string): Promise<void> {
    const file = join(this.configuration.dataDir, name);
    await mkdir(this.configuration.dataDir, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, text, { mode: OWNER_ONLY });
    await chmod(`${file}.new`, OWNER_ONLY);
    await rename(`${file}.new`, file);
  }
}
