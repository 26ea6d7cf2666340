import type { MeetingStep } from '@daymark/api-contract';
import { IconCheck, IconClock, IconMinus, IconRefresh, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Time } from './time.tsx';
import type { ShownStatus } from './status-chip.tsx';
import { toneOf } from './status-chip.tsx';

type Kind = MeetingStep['kind'];
type State = MeetingStep['state'];

const titles: Readonly<Record<Kind, { readonly done: string; readonly doing: string }>> = {
  claim: { done: 'Claimed', doing: 'Claiming' },
  placement: { done: 'Written', doing: 'Writing' },
  conference: { done: 'Link made', doing: 'Making the link' },
  mail: { done: 'Mailed', doing: 'Mailing' },
};
const order: readonly Kind[] = ['claim', 'placement', 'conference', 'mail'];

const looks: Readonly<Record<State, { readonly tone: ShownStatus; readonly icon: typeof IconCheck; readonly word: string }>> = {
  done: { tone: 'active', icon: IconCheck, word: 'done' },
  running: { tone: 'syncing', icon: IconRefresh, word: 'running' },
  waiting: { tone: 'expired', icon: IconClock, word: 'waiting' },
  failed: { tone: 'error', icon: IconX, word: 'failed' },
  void: { tone: 'paused', icon: IconMinus, word: 'not needed any more' },
};

/** Where a meeting stands, one cell per kind of step; changes are announced politely. */
export function MeetingSteps({ steps }: { readonly steps: readonly MeetingStep[] }): ReactNode {
  return (
    <section className="panel steps" aria-label="Where it stands" aria-live="polite">
      {order
        .map((kind) => ({ kind, ofKind: steps.filter((step) => step.kind === kind) }))
        .filter(({ ofKind }) => ofKind.length > 0)
        .map(({ kind, ofKind }) => (
          <StepCell key={kind} kind={kind} steps={ofKind} />
        ))}
    </section>
  );
}

/** The state of several steps of one kind: the worst that still matters. */
export function stateOf(steps: readonly Pick<MeetingStep, 'state'>[]): State {
  for (const state of ['failed', 'waiting', 'running'] as const) if (steps.some((step) => step.state === state)) return state;
  return steps.some((step) => step.state === 'done') ? 'done' : 'void';
}

function StepCell({ kind, steps }: { readonly kind: Kind; readonly steps: readonly MeetingStep[] }): ReactNode {
  const state = stateOf(steps);
  const { tone, icon: Shape, word } = looks[state];
  const done = steps.filter((step) => step.state === 'done');
  const pending = steps.find((step) => step.state !== 'done' && step.state !== 'void');
  const last = done
    .map((step) => step.finished_at ?? '')
    .sort()
    .at(-1);
  const title = state === 'done' || done.length > 0 ? titles[kind].done : titles[kind].doing;
  return (
    <div className="step">
      <span className="step-dot" style={toneOf(tone)} aria-hidden="true">
        <Shape size={14} className={state === 'running' ? 'turning' : ''} />
      </span>
      <h3>
        {state === 'done'
          ? `${title}${steps.length > 1 ? `, ${steps.length} of ${steps.length}` : ''}`
          : `${title}, ${done.length} of ${steps.length}`}
      </h3>
      {pending === undefined ? (
        <p className="dim">
          {steps.length === 1 && `${steps[0]?.label ?? ''} `}
          {last !== undefined && last !== '' && <Time at={last} show="absolute" />}
        </p>
      ) : (
        <p className="dim">
          {pending.label}: {pending.problem?.message ?? word}
          {pending.problem !== null && <span> {pending.problem.fix}</span>}
          {pending.next_try_at !== null && (
            <>
              {' '}
              Next try <Time at={pending.next_try_at} show="relative" />.
            </>
          )}
        </p>
      )}
    </div>
  );
}
