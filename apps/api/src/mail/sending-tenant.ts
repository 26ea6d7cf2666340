import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { Uuid } from '@daymark/domain';

/** In whose name mail goes out: the ports of libs/reminders know no tenants, so a job that sends says it here. */
@Injectable()
export class SendingTenant {
  readonly #storage = new AsyncLocalStorage<Uuid>();

  run<T>(tenantId: Uuid, work: () => T): T {
    return this.#storage.run(tenantId, work);
  }

  /** @throws Error outside {@link run}. */
  get id(): Uuid {
    const tenantId = this.#storage.getStore();
    if (tenantId === undefined) throw new Error('mail is sent for a tenant, and none was named');
    return tenantId;
  }
}
