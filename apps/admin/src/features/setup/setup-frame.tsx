import type { ReactNode } from 'react';
import './setup.css';

/** A page for somebody who is a guest here: no menu, one column, made for a phone. */
export function SetupFrame({ children, footer }: { readonly children: ReactNode; readonly footer?: ReactNode }): ReactNode {
  return (
    <div className="setup">
      <main className="setup-card">{children}</main>
      <footer className="setup-foot">{footer ?? <span>Runs on Daymark</span>}</footer>
    </div>
  );
}
