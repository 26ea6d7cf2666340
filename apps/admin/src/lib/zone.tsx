import type { ReactNode } from 'react';
import { createContext, useContext, useMemo, useState } from 'react';

export type ZoneChoice = 'viewer' | 'tenant' | 'utc';

interface ZoneState {
  readonly choice: ZoneChoice;
  readonly viewer: string;
  readonly tenant: string;
  /** IANA name of the zone in which times are shown. */
  readonly zone: string;
  readonly choose: (choice: ZoneChoice) => void;
  readonly setTenantZone: (zone: string) => void;
}

const STORED = 'daymark-zone';
const ZoneContext = createContext<ZoneState | null>(null);

/** In which zone times are shown; the choice is kept in the browser. */
export function ZoneProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [choice, setChoice] = useState<ZoneChoice>(storedChoice);
  const [tenant, setTenantZone] = useState('UTC');
  const state = useMemo<ZoneState>(() => {
    const viewer = new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    const zone = { viewer, tenant, utc: 'UTC' }[choice];
    const choose = (next: ZoneChoice): void => {
      setChoice(next);
      try {
        localStorage.setItem(STORED, next);
      } catch {
        // A browser that keeps nothing still shows the choice until it is closed.
      }
    };
    return { choice, viewer, tenant, zone, choose, setTenantZone };
  }, [choice, tenant]);
  return <ZoneContext value={state}>{children}</ZoneContext>;
}

export function useZoneState(): ZoneState {
  const state = useContext(ZoneContext);
  if (state === null) throw new Error('useZoneState is used outside of ZoneProvider');
  return state;
}

/** The zone in which times are shown now. */
export function useZone(): string {
  return useZoneState().zone;
}

function storedChoice(): ZoneChoice {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'tenant' || stored === 'utc' ? stored : 'viewer';
  } catch {
    return 'viewer';
  }
}
