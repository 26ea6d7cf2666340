import { DomainError } from '@daymark/domain';

/** One of a user's is always the default: another one is chosen, none is unchosen. @throws DomainError `validation-failed` */
export function requireStaysDefault({ isDefault }: { readonly isDefault: boolean }, wanted: boolean | undefined): void {
  if (!isDefault || wanted !== false) return;
  throw new DomainError('validation-failed', 'One field is not valid.', {
    errors: [{ pointer: '/is_default', message: 'stays true: make another one the default instead' }],
  });
}
