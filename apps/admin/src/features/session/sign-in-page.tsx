import { isProblemCode, problemDefinition } from '@daymark/domain';
import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Logo } from '../../components/logo.tsx';
import { providerTone } from '../../components/provider-name.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { ownerNames } from '../../lib/problem-error.ts';
import { signInOptionsQuery } from './use-sign-in-options.ts';
import './sign-in.css';

const route = getRouteApi('/sign-in');

export function Component(): ReactNode {
  const { problem, return_to: returnTo } = route.useSearch();
  const options = useQuery(signInOptionsQuery);
  const product = options.data?.product_name ?? 'Daymark';
  useEffect(() => {
    document.title = `Sign in · ${product}`;
  }, [product]);
  const suffix = returnTo !== undefined && returnTo.startsWith('/') ? `?return_to=${encodeURIComponent(returnTo)}` : '';

  return (
    <main className="door">
      <div className="door-card">
        <span className="door-mark">
          <Logo size={32} />
        </span>
        <h1>Sign in to {product}</h1>
        <p className="door-lead">{window.location.host}</p>
        {problem !== undefined && <SignInProblem code={problem} />}
        <div className="panel door-box">
          {options.isPending && <Skeleton height={40} role="status" aria-label="Loading" />}
          {options.isError && <ProblemNotice error={options.error} onRetry={() => void options.refetch()} />}
          {options.data?.providers.map((provider) => (
            <a key={provider.id} className="door-provider" href={`${provider.url}${suffix}`} style={providerTone(provider)}>
              <span className="door-letter" aria-hidden="true">
                {provider.name.slice(0, 1)}
              </span>
              {provider.label}
            </a>
          ))}
          {options.data?.providers.length === 0 && (
            <p className="dim">
              No provider is set up for signing in. Whoever runs this installation can add one, or send you a sign-in link.
            </p>
          )}
        </div>
        {typeof options.data?.link_hint === 'string' && (
          <p className="door-hint">
            <IconInfoCircle size={16} aria-hidden="true" />
            <span>{options.data.link_hint}</span>
          </p>
        )}
      </div>
    </main>
  );
}

function SignInProblem({ code }: { readonly code: string }): ReactNode {
  const known = isProblemCode(code) ? problemDefinition(code) : problemDefinition('sign-in-failed');
  return (
    <div className="panel problem door-problem" role="alert">
      <IconAlertTriangle size={16} aria-hidden="true" />
      <div className="problem-body">
        <h2>{known.title}</h2>
        <p className="dim">{known.cause}</p>
        <p>
          {known.fix} <span className="dim">Who: {ownerNames[known.who]}.</span>
        </p>
      </div>
    </div>
  );
}
