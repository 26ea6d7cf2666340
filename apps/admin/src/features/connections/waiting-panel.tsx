import type { Connection } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useProviders } from '../../lib/queries/providers.ts';
import { useDisconnect } from './use-connection.ts';

/** Of a connection that nobody has given consent for yet: what it waits for, and how to stop waiting. */
export function WaitingPanel({ connection }: { readonly connection: Connection }): ReactNode {
  const providerOf = useProviders();
  const end = useDisconnect(connection.id);
  return (
    <Panel title="Waits for consent">
      <div className="panel-body stack">
        <p>
          Since <Time at={connection.created_at} show="clock" /> a <Link to="/setup-links">setup link</Link> asks {connection.label} to
          connect their account at {providerOf(connection.provider).name}. Until then nothing is read, and no time of theirs is known.
        </p>
        {end.isError && <ProblemNotice error={end.error} />}
        <div className="row">
          <Button className="danger-text" loading={end.isPending} onClick={() => end.mutate()}>
            Stop waiting
          </Button>
          <span className="dim">The link ends too.</span>
        </div>
      </div>
    </Panel>
  );
}
