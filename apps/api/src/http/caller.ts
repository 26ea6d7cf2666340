import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Uuid } from '@daymark/domain';

export type Role = 'viewer' | 'member' | 'admin' | 'owner' | 'platform';

/** Who calls, in which tenant, with which rights. Made by the credential guard, passed down by hand. */
export interface Caller {
  readonly tenantId: Uuid;
  readonly credential: { readonly kind: 'api_key' | 'session'; readonly id: Uuid };
  /** Whose session it is, or the user that a key is bound to. */
  readonly userId: Uuid | null;
  readonly accountId: Uuid | null;
  readonly role: Role;
  /** `*` for sessions: the role alone decides. */
  readonly scopes: readonly string[];
  readonly requestId: string;
  /** Given with the `Idempotency-Key` header on an operation that takes one. */
  readonly idempotency: { readonly key: string; readonly requestHash: Buffer } | null;
  readonly isDryRun: boolean;
}

export interface CalledRequest extends Request {
  caller?: Caller;
}

/** The caller of a controller method whose operation asks for a credential. */
export const CalledBy = createParamDecorator((_: undefined, context: ExecutionContext): Caller => {
  const caller = context.switchToHttp().getRequest<CalledRequest>().caller;
  if (caller === undefined) throw new Error('this operation was mounted without a credential');
  return caller;
});

const ranks: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2, owner: 3, platform: 4 };

export function hasRole(caller: Pick<Caller, 'role'>, least: Role): boolean {
  return ranks[caller.role] >= ranks[least];
}

/** Whether the caller sees all users' things, or only their own. */
export function seesWholeTenant(caller: Caller): boolean {
  return hasRole(caller, 'admin') || (caller.credential.kind === 'api_key' && caller.userId === null);
}
