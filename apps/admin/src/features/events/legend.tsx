import type { ReactNode } from 'react';

/** What the patterns mean. */
export function Legend(): ReactNode {
  return (
    <p className="legend">
      <span>
        <i />
        busy
      </span>
      <span>
        <i className="is-tentative" />
        tentative
      </span>
      <span>
        <i className="is-private" />
        private, busy only
      </span>
      <span>
        <i className="is-free" />
        shown as free
      </span>
      <span>
        <i className="mark" />
        placed by Daymark
      </span>
    </p>
  );
}
