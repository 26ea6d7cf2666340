import { Injectable } from '@nestjs/common';
import { DomainError, type Secret } from '@daymark/domain';
import type { SignedIn } from '@daymark/provider-contract';
import { Accounts } from './accounts.ts';
import { SessionsService } from './sessions.service.ts';

/** Lets in whom a provider vouches for, if somebody invited them. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws DomainError `account-unknown`, or `sign-in-failed` when the provider does not confirm the address. */
  async finish(provider: string, remote: SignedIn): Promise<Secret> {
    const accountId = await this.accounts.ofRemote(provider, remote);
    if (accountId === null && !remote.emailVerified)
      throw new DomainError('sign-in-failed', 'The provider does not confirm that this address is yours.');
    if (accountId === null) throw new DomainError('account-unknown', `${remote.email} is not invited.`);
    return this.sessions.beginFor(accountId, provider);
  }
}
