import type { ReactNode } from 'react';

/** The mark alone; the name stands beside it where it is used. */
export function Logo({ size }: { readonly size: number }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} fill="currentColor" aria-hidden="true">
      <path
        fillRule="evenodd"
        d="M7.12.87a1.25 1.25 0 0 1 1.76 0l4.75 4.75a1.25 1.25 0 0 1 0 1.76L9 12.01V14h1.75a1 1 0 1 1 0 2h-5.5a1 1 0 1 1 0-2H7v-1.99L2.37 7.38a1.25 1.25 0 0 1 0-1.76ZM8 4.25a2.25 2.25 0 1 0 0 4.5 2.25 2.25 0 0 0 0-4.5Z"
      />
    </svg>
  );
}
