import type { Connection } from '@daymark/api-contract';
import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { counted } from '../../lib/format-time.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { useDisconnect } from './use-connection.ts';

/** Asks first, naming the account and what ends. */
export function DisconnectButton({ connection, name }: { readonly connection: Connection; readonly name: string }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const disconnect = useDisconnect(connection.id);
  const providerOf = useProviders();
  const { name: provider } = providerOf(connection.provider);
  return (
    <>
      <section className="panel danger" aria-label="Disconnect">
        <p className="grow">
          <span className="med">Disconnect.</span> <span className="dim">Withdraws access at {provider} and stops.</span>
        </p>
        <Button className="danger-text" onClick={open}>
          Disconnect…
        </Button>
      </section>
      <Modal opened={isOpen} onClose={close} title={`Disconnect ${name}?`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className="stack">
          <p>
            Access to {provider} is withdrawn. {counted(connection.calendars_count, 'calendar')} will no longer be read or written, and
            meetings are not kept in step on {connection.calendars_count === 1 ? 'it' : 'them'}.
          </p>
          <p className="dim">The connection stays in the list as revoked, and can be reconnected with its settings.</p>
          {disconnect.isError && <ProblemNotice error={disconnect.error} />}
          <Group justify="flex-end" gap={8}>
            <Button onClick={close}>Keep it</Button>
            <Button
              variant="filled"
              className="danger-button"
              loading={disconnect.isPending}
              onClick={() => disconnect.mutate(undefined, { onSuccess: close })}
            >
              Disconnect {name}
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  );
}
