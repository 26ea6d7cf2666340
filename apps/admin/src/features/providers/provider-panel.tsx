import type { Provider } from '@daymark/api-contract';
import { Button, CopyButton } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { providerTone } from '../../components/provider-name.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { CheckSteps } from './check-steps.tsx';

const capabilityNames: Readonly<Record<Provider['capabilities'][number], string>> = {
  write: 'Writes events',
  'free-busy': 'Busy times of own calendars',
  'others-free-busy': 'Busy times of colleagues',
  push: 'Tells of changes at once',
  conference: 'Makes video meetings',
  'find-times': 'Proposes times',
};

const profileNames: Readonly<Record<Provider['profiles'][number]['id'], string>> = {
  free_busy: 'Busy times only',
  read: 'Read events',
  read_write: 'Read and write events',
};

/** One calendar service: its state, what to register with it, what is asked for, and whether the registration works. */
export function ProviderPanel({ provider }: { readonly provider: Provider }): ReactNode {
  return (
    <Panel title={provider.name} aside={<State isConfigured={provider.configured} />}>
      <div className="provider-body" style={providerTone(provider)}>
        {provider.reason !== null && <p className="provider-reason">{provider.reason}</p>}
        <Addresses provider={provider} />
        {provider.configured ? (
          <>
            <CheckSteps provider={provider} />
            <Scopes profiles={provider.profiles} />
            <Capabilities provider={provider} />
          </>
        ) : (
          <p className="dim">
            Register these addresses at the service, then set its client id and secret in the environment of this installation and restart.
          </p>
        )}
        <p className="provider-links">
          {provider.documentation !== '' && (
            <a href={provider.documentation} target="_blank" rel="noreferrer">
              The service’s own documentation
            </a>
          )}
          <span className="dim">
            Step by step: <code>docs/how-to/set-up-{provider.id}.md</code>
          </span>
        </p>
      </div>
    </Panel>
  );
}

function State({ isConfigured }: { readonly isConfigured: boolean }): ReactNode {
  return (
    <span className="status" style={toneOf(isConfigured ? 'active' : 'paused')}>
      {isConfigured ? <IconCircleCheck size={14} aria-hidden="true" /> : <IconCircleDashed size={14} aria-hidden="true" />}
      {isConfigured ? 'Set up' : 'Not set up'}
    </span>
  );
}

/** To be registered with the service, to the letter. */
function Addresses({ provider }: { readonly provider: Provider }): ReactNode {
  const { client_id: clientId, redirect_uri: connecting, sign_in: signIn } = provider;
  return (
    <dl className="provider-addresses">
      {clientId !== null && <Copied label="Client id" value={clientId} />}
      <Copied label="Redirect address for connecting" value={connecting} />
      {signIn !== null && <Copied label="Redirect address for signing in" value={signIn.redirect_uri} />}
    </dl>
  );
}

function Copied({ label, value }: { readonly label: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <code className="anywhere">{value}</code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="xs" aria-label={`Copy: ${label}`} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </dd>
    </div>
  );
}

function Scopes({ profiles }: Pick<Provider, 'profiles'>): ReactNode {
  return (
    <section>
      <h3>What people are asked for</h3>
      {profiles.map(({ id, description, scopes }) => (
        <details key={id}>
          <summary>
            {profileNames[id]} <span className="dim">{description}</span>
          </summary>
          <ul className="provider-scopes">
            {scopes.map(({ scope, reason }) => (
              <li key={scope}>
                {reason} <code className="anywhere">{scope}</code>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

function Capabilities({ provider }: { readonly provider: Provider }): ReactNode {
  return (
    <section>
      <h3>What it can do</h3>
      <ul className="provider-capabilities">
        {Object.entries(capabilityNames).map(([id, name]) => {
          const has = provider.capabilities.some((one) => one === id);
          return (
            <li key={id} data-has={has}>
              {has ? '' : 'Not: '}
              {name}
              {id === 'conference' && has && provider.conference !== null && <span className="dim"> {provider.conference.name}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
