import '../../lib/zod-config.ts';
import { connectionPatch } from '@daymark/api-contract';
import type { Connection } from '@daymark/api-contract';
import { Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { asProblem, fieldMessages } from '../../lib/problem-error.ts';
import { PushLine } from './push-line.tsx';
import type { ConnectionChange } from './use-connection.ts';
import { useConnectionChange } from './use-connection.ts';

type Policy = Connection['sync']['conflict_policy'];

const policies: readonly { readonly value: Policy; readonly label: string }[] = [
  { value: 'per_field', label: 'Field by field, latest wins' },
  { value: 'latest', label: 'Latest edit wins' },
  { value: 'provider_wins', label: 'The provider wins' },
  { value: 'platform_wins', label: 'Daymark wins' },
  { value: 'manual', label: 'Ask a person' },
];

interface Form {
  readonly label: string;
  readonly enabled: boolean;
  readonly past_days: number | string;
  readonly future_days: number | string;
  readonly cadence_minutes: number | string;
  readonly push: Connection['sync']['push'];
  readonly conflict_policy: Policy;
}

/** How the connection is kept in step; the limits are those of the contract. */
export function SettingsPanel({ connection }: { readonly connection: Connection }): ReactNode {
  const change = useConnectionChange(connection.id);
  const [form, setForm] = useState<Form>(() => formOf(connection));
  const [messages, setMessages] = useState<ReadonlyMap<string, string>>(new Map());
  const isRevoked = connection.status === 'revoked';
  const set = (part: Partial<Form>): void => setForm((before) => ({ ...before, ...part }));
  const isSame = JSON.stringify(form) === JSON.stringify(formOf(connection));

  const save = (event: FormEvent): void => {
    event.preventDefault();
    const { label, ...sync } = form;
    const checked = connectionPatch.safeParse({ label, sync });
    if (!checked.success) {
      setMessages(new Map(checked.error.issues.map(({ path, message }) => [`/${path.join('/')}`, message])));
      return;
    }
    setMessages(new Map());
    const next: ConnectionChange = checked.data;
    change.mutate(
      { change: next, version: connection.version },
      {
        onSuccess: (saved) => setForm(formOf(saved)),
        onError: (error) => {
          setForm(formOf(connection));
          setMessages(fieldMessages(asProblem(error)));
        },
      },
    );
  };
  const errorOf = (pointer: string): string | undefined => {
    const message = messages.get(pointer);
    return message === undefined ? undefined : `This ${message}.`;
  };

  return (
    <Panel title="Settings">
      <form className="settings" onSubmit={save} noValidate>
        <Switch
          label="Automatic sync"
          description={form.enabled ? 'Changes are read by themselves.' : 'Paused; Sync now still works.'}
          checked={form.enabled}
          disabled={isRevoked}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <TextInput
          label="Label"
          value={form.label}
          error={errorOf('/label')}
          disabled={isRevoked}
          onChange={(event) => set({ label: event.currentTarget.value })}
        />
        <div className="duo">
          <NumberInput
            label="Days back"
            description="7 to 730"
            value={form.past_days}
            error={errorOf('/sync/past_days')}
            disabled={isRevoked}
            onChange={(value) => set({ past_days: value })}
          />
          <NumberInput
            label="Days ahead"
            description="7 to 730"
            value={form.future_days}
            error={errorOf('/sync/future_days')}
            disabled={isRevoked}
            onChange={(value) => set({ future_days: value })}
          />
        </div>
        <Switch
          label="Let the provider tell of changes"
          description={<PushLine push={connection.push} />}
          checked={form.push === 'auto'}
          disabled={isRevoked}
          onChange={(event) => set({ push: event.currentTarget.checked ? 'auto' : 'off' })}
        />
        <NumberInput
          label="Look for changes every (minutes)"
          description="1 to 1440; where the provider tells of them, every five at the latest"
          value={form.cadence_minutes}
          error={errorOf('/sync/cadence_minutes')}
          disabled={isRevoked}
          onChange={(value) => set({ cadence_minutes: value })}
        />
        <Select
          label="When both sides changed"
          data={policies}
          value={form.conflict_policy}
          allowDeselect={false}
          disabled={isRevoked}
          onChange={(value) => set({ conflict_policy: policies.find((one) => one.value === value)?.value ?? form.conflict_policy })}
        />
        <div className="row">
          <Button type="submit" variant="filled" disabled={isSame || isRevoked} loading={change.isPending}>
            Save settings
          </Button>
          {!isSame && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                setForm(formOf(connection));
                setMessages(new Map());
              }}
            >
              Undo
            </Button>
          )}
        </div>
      </form>
    </Panel>
  );
}

function formOf({ label, sync }: Connection): Form {
  const { enabled, past_days, future_days, cadence_minutes, push, conflict_policy } = sync;
  return { label, enabled, past_days, future_days, cadence_minutes, push, conflict_policy };
}
