import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useProviders } from '../../lib/queries/providers.ts';
import { useAppsToAllow, type ApprovalSubject, type AppToAllow } from './use-approval.ts';

/** What to forward to whoever administers the organisation at the calendar service: which app to allow, and for what. */
export function ApprovalLetter({ subject }: { readonly subject: ApprovalSubject }): ReactNode {
  const apps = useAppsToAllow(subject);
  const providerOf = useProviders();
  if (apps.data === undefined) {
    return (
      <>
        {apps.isError && <ProblemNotice error={apps.error} />}
        <div className="row">
          <Button variant="filled" loading={apps.isPending} onClick={() => apps.mutate()}>
            Show what the administrator needs
          </Button>
        </div>
      </>
    );
  }
  const letter = letterOf(apps.data, (id) => providerOf(id).name);
  return (
    <>
      <pre className="letter">{letter}</pre>
      {apps.data.map(
        ({ provider, approvalUrl }) =>
          approvalUrl !== null && (
            <p key={provider}>
              You are the administrator yourself? <a href={approvalUrl}>Approve at {providerOf(provider).name}</a>
            </p>
          ),
      )}
      <CopyButton value={letter}>
        {({ copied, copy }) => (
          <div className="row">
            <Button variant="filled" onClick={copy}>
              {copied ? 'Copied' : 'Copy the text to forward'}
            </Button>
          </div>
        )}
      </CopyButton>
    </>
  );
}

function letterOf(apps: readonly AppToAllow[], nameOf: (provider: string) => string): string {
  const parts = apps.map(({ provider, clientId, scopes, approvalUrl }) =>
    [
      `${nameOf(provider)}, client id:`,
      clientId,
      'Scopes:',
      ...scopes,
      ...(approvalUrl === null ? [] : ['To allow it, open this address within a week and sign in as administrator:', approvalUrl]),
    ].join('\n'),
  );
  return [
    'Hello,',
    `I would like to connect my calendar with Daymark (${window.location.origin}). Our organisation lets in only apps that its administrator has allowed. Please allow this one:`,
    ...parts,
    'Thank you',
  ].join('\n\n');
}
