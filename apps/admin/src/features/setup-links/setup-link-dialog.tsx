import type { CreatedSetupLink, SetupLink } from '@daymark/api-contract';
import { Button, Checkbox, CopyButton, Group, Modal, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { providersQuery } from '../../lib/queries/providers.ts';
import { useCreateSetupLink } from './use-setup-links.ts';

interface SetupLinkDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Makes a link and shows its address, this once. */
export function SetupLinkDialog({ isOpen, onClose }: SetupLinkDialogProps): ReactNode {
  const create = useCreateSetupLink();
  const close = (): void => {
    create.reset();
    onClose();
  };
  return (
    <Modal opened={isOpen} onClose={close} title="New setup link" closeButtonProps={{ 'aria-label': 'Close' }} size={480}>
      {create.data === undefined ? <WishForm create={create} onClose={close} /> : <Made link={create.data} onClose={close} />}
    </Modal>
  );
}

const ANY = 'any';

const profiles: readonly { readonly value: SetupLink['access_profile']; readonly label: string }[] = [
  { value: 'free_busy', label: 'Busy times only' },
  { value: 'read', label: 'Read events' },
  { value: 'read_write', label: 'Read and write events' },
];

const lives = [
  { value: '24', label: '1 day' },
  { value: '72', label: '3 days' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
];

function WishForm({
  create,
  onClose,
}: {
  readonly create: ReturnType<typeof useCreateSetupLink>;
  readonly onClose: () => void;
}): ReactNode {
  const { data: providers } = useQuery(providersQuery);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [provider, setProvider] = useState<string>(ANY);
  const [profile, setProfile] = useState<SetupLink['access_profile']>('read_write');
  const [hours, setHours] = useState('168');
  const [isMailed, setMailed] = useState(true);
  const offered = providers?.filter(({ configured }) => configured) ?? [];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({
      email: email.trim(),
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(provider === ANY ? {} : { provider }),
      access_profile: profile,
      expires_in_hours: Number(hours),
      send_mail: isMailed,
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="dim">Whoever has the address connects one calendar with it, without an account or a password here.</p>
      <TextInput
        label="E-mail of the person"
        type="email"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label="Name"
        description="Of somebody who is new here."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label="Calendar service"
        allowDeselect={false}
        value={provider}
        data={[{ value: ANY, label: 'The person chooses' }, ...offered.map(({ id, name: label }) => ({ value: id, label }))]}
        onChange={(value) => setProvider(value ?? ANY)}
      />
      <Select
        label="What may be done"
        allowDeselect={false}
        value={profile}
        data={profiles}
        onChange={(value) => setProfile(profiles.find((one) => one.value === value)?.value ?? profile)}
      />
      <Select label="Works for" allowDeselect={false} value={hours} data={lives} onChange={(value) => setHours(value ?? hours)} />
      <Checkbox label="Send it by mail" checked={isMailed} onChange={(event) => setMailed(event.currentTarget.checked)} />
      {create.isError && <ProblemNotice error={create.error} />}
      <Group justify="flex-end" gap={8}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          Make the link
        </Button>
      </Group>
    </form>
  );
}

function Made({ link, onClose }: { readonly link: CreatedSetupLink; readonly onClose: () => void }): ReactNode {
  return (
    <div className="stack">
      <p role="status">
        The link for {link.email} works once, until <Time at={link.expires_at} show="clock" />.
      </p>
      <TextInput label="Address" description="Shown this once: Daymark keeps only its hash." value={link.url} readOnly />
      <Group justify="flex-end" gap={8}>
        <Button onClick={onClose}>Close</Button>
        <CopyButton value={link.url}>
          {({ copied, copy }) => (
            <Button variant="filled" onClick={copy}>
              {copied ? 'Copied' : 'Copy the address'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
