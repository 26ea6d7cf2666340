import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useState } from 'react';

const NowContext = createContext<number>(0);

/** Keeps one clock for the whole page, so that "3 min ago" is the same everywhere; ticks every 15 s. */
export function ClockProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={now}>{children}</NowContext>;
}

/** Now, in milliseconds since the epoch. */
export function useNow(): number {
  return useContext(NowContext);
}
