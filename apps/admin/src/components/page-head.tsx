import type { ReactNode } from 'react';
import { useEffect } from 'react';

interface PageHeadProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** The one h1 of a page and its actions; also names the browser tab. */
export function PageHead({ title, children, actions }: PageHeadProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Daymark`;
  }, [title]);
  return (
    <div className="head">
      <h1>{title}</h1>
      {children}
      {actions !== undefined && <div className="head-actions">{actions}</div>}
    </div>
  );
}
