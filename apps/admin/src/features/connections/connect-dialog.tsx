import type { Connection, Provider } from '@daymark/api-contract';
import { Button, Modal, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { ProviderName } from '../../components/provider-name.tsx';
import { ProblemNotice, QueryState } from '../../components/states.tsx';
import { providersQuery } from '../../lib/queries/providers.ts';
import { useAuthorize } from './use-authorize.ts';

type Profile = Connection['access_profile'];

const profileNames: Readonly<Record<Profile, string>> = {
  free_busy: 'Busy times only',
  read: 'Read events',
  read_write: 'Read and write events',
};

/** Which provider, and how much it may do; then the browser goes to the provider. */
export function ConnectDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const providers = useQuery(providersQuery);
  return (
    <Modal opened={isOpen} onClose={onClose} title="Connect an account" closeButtonProps={{ 'aria-label': 'Close' }} size={520}>
      <QueryState query={providers} skeletonRows={3}>
        {(all) => (
          <div className="stack">
            <p className="dim">You go to the provider, sign in there and come back. Nothing is read before you agree.</p>
            {all.map((provider) => (
              <ProviderChoice key={provider.id} provider={provider} />
            ))}
          </div>
        )}
      </QueryState>
    </Modal>
  );
}

function ProviderChoice({ provider }: { readonly provider: Provider }): ReactNode {
  const authorize = useAuthorize();
  const [profile, setProfile] = useState<Profile>(provider.profiles.at(-1)?.id ?? 'read_write');
  const chosen = provider.profiles.find(({ id }) => id === profile);
  if (!provider.configured) {
    return (
      <section className="choice" aria-label={provider.name}>
        <ProviderName provider={provider} />
        <p className="dim">{provider.reason ?? 'Not set up in this installation.'}</p>
      </section>
    );
  }
  return (
    <section className="choice" aria-label={provider.name}>
      <ProviderName provider={provider} />
      <Radio.Group
        label="What it may do"
        value={profile}
        onChange={(value) => setProfile(provider.profiles.find(({ id }) => id === value)?.id ?? profile)}
      >
        {provider.profiles.map(({ id, description }) => (
          <Radio key={id} value={id} size="xs" label={profileNames[id]} description={description} mt={8} />
        ))}
      </Radio.Group>
      {chosen !== undefined && chosen.scopes.length > 0 && (
        <details className="xs dim">
          <summary>Permissions that will be asked for</summary>
          <ul className="scopes">
            {chosen.scopes.map(({ scope, reason }) => (
              <li key={scope}>
                {reason} <code className="anywhere">{scope}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {authorize.isError && <ProblemNotice error={authorize.error} />}
      <Button
        variant="filled"
        loading={authorize.isPending}
        onClick={() => authorize.mutate({ provider: provider.id, access_profile: profile })}
      >
        Connect {provider.name}
      </Button>
    </section>
  );
}
