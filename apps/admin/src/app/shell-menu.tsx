import type { Session } from '@daymark/api-contract';
import type { ComponentType, ReactElement, ReactNode } from 'react';
import { Suspense, cloneElement, useState } from 'react';

export interface ShellMenuProps {
  readonly session: Session;
  /** The button that opens it. */
  readonly target: ReactElement<{ onClick?: () => void; 'aria-haspopup'?: 'menu' }>;
  /** The button was pressed before the menu was there. */
  readonly startsOpen?: boolean;
}

interface LazyMenuProps extends ShellMenuProps {
  readonly menu: ComponentType<ShellMenuProps>;
}

/** The button of a menu at once, the menu after the first paint: what places it beside its button would be a fifth of the first load. */
export function ShellMenu({ menu: LoadedMenu, session, target }: LazyMenuProps): ReactNode {
  const [isAwaited, setIsAwaited] = useState(false);
  const waiting = cloneElement(target, { onClick: () => setIsAwaited(true), 'aria-haspopup': 'menu' });
  return (
    <Suspense fallback={waiting}>
      <LoadedMenu session={session} target={target} startsOpen={isAwaited} />
    </Suspense>
  );
}
