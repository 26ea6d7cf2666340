import type { Overview } from '@daymark/api-contract';
import { Button, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

type Step = Overview['checklist'][number]['step'];

const steps: Readonly<
  Record<Step, { readonly label: string; readonly to: string | null; readonly search?: { readonly connect: 'open' } }>
> = {
  provider_configured: { label: 'Set up a calendar provider', to: '/connections' },
  account_connected: { label: 'Connect an account', to: '/connections', search: { connect: 'open' } },
  first_sync: { label: 'Read its calendars once', to: '/connections' },
  hours_set: { label: 'Say when people can be booked (PATCH /v1/schedules)', to: null },
  first_meeting: { label: 'Book a first meeting', to: '/schedule' },
  api_key_made: { label: 'Make an API key (POST /v1/api-keys)', to: null },
};

/** What to do on the first day, in one line until it is opened; gone when all is done. */
export function Checklist({ steps: states }: { readonly steps: Overview['checklist'] }): ReactNode {
  const [isOpen, { toggle }] = useDisclosure(false);
  const done = states.filter((state) => state.done).length;
  const next = states.find((state) => !state.done);
  if (next === undefined) return null;
  return (
    <section className="panel" aria-label="Getting started">
      <div className="checklist-line">
        <svg className="ring" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <circle cx="10" cy="10" r="8" />
          <circle className="on" cx="10" cy="10" r="8" pathLength="100" strokeDasharray={`${(done / states.length) * 100} 100`} />
        </svg>
        <p className="grow">
          <b>
            Getting started, {done} of {states.length}.
          </b>{' '}
          <span className="dim">Next: {steps[next.step].label}.</span>
        </p>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          aria-expanded={isOpen}
          onClick={toggle}
          rightSection={isOpen ? <IconChevronUp size={14} aria-hidden="true" /> : <IconChevronDown size={14} aria-hidden="true" />}
        >
          {isOpen ? 'Hide steps' : 'Show steps'}
        </Button>
      </div>
      <Collapse expanded={isOpen} transitionDuration={120}>
        <ol className="checklist">
          {states.map(({ step, done: isDone }) => {
            const { label, to, search } = steps[step];
            return (
              <li key={step}>
                {isDone ? (
                  <IconCircleCheck size={16} color="var(--dm-status-active)" aria-label="done" />
                ) : (
                  <IconCircle size={16} color="var(--dm-line-control)" aria-label="open" />
                )}
                {isDone || to === null ? (
                  label
                ) : (
                  <Link to={to} search={search ?? {}}>
                    {label}
                  </Link>
                )}
              </li>
            );
          })}
        </ol>
      </Collapse>
    </section>
  );
}
