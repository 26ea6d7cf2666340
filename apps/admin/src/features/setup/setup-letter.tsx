import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAppToAllow, type Visit } from './use-setup.ts';

/** What to forward to whoever administers the person's organisation at the calendar service. */
export function SetupLetter({ visit }: { readonly visit: Visit }): ReactNode {
  const app = useAppToAllow(visit);
  if (app.data === undefined) {
    return (
      <>
        {app.isError && <ProblemNotice error={app.error} />}
        <Button variant="filled" loading={app.isPending} onClick={() => app.mutate()}>
          Show what the administrator needs
        </Button>
      </>
    );
  }
  const { clientId, scopes } = app.data;
  const letter = [
    'Hello,',
    `I would like to connect my calendar (${window.location.origin}). Our organisation lets in only apps that its administrator has allowed. Please allow this one:`,
    ['Client id:', clientId, 'Scopes:', ...scopes].join('\n'),
    'Thank you',
  ].join('\n\n');
  return (
    <>
      <pre className="setup-letter-text">{letter}</pre>
      <CopyButton value={letter}>
        {({ copied, copy }) => (
          <Button variant="filled" onClick={copy}>
            {copied ? 'Copied' : 'Copy the text to forward'}
          </Button>
        )}
      </CopyButton>
    </>
  );
}
