import type { Meeting } from '@daymark/api-contract';
import type { ZoneId } from '@daymark/domain';
import { formatInstant, instantOf, parseWallTime } from '@daymark/domain';
import { Button, Group, Modal, NumberInput, TextInput } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, clockOf, dayOf } from '../../lib/format-time.ts';
import { asProblem } from '../../lib/problem-error.ts';
import { useZone } from '../../lib/zone.tsx';
import { useReschedule } from './use-meeting-change.ts';

interface RescheduleDialogProps {
  readonly meeting: Meeting;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** A new time; when it is not free, the times that would work. */
export function RescheduleDialog({ meeting, isOpen, onClose }: RescheduleDialogProps): ReactNode {
  const zone = useZone();
  const now = useNow();
  const [start, setStart] = useState(meeting.start);
  const [minutes, setMinutes] = useState(meeting.duration_minutes);
  const reschedule = useReschedule(meeting.id);
  const alternatives = reschedule.isError ? (asProblem(reschedule.error).body.alternatives ?? []) : [];
  const day = dayOf(Date.parse(start), zone);
  const clock = clockOf(Date.parse(start), zone);
  const set = (nextDay: string, nextClock: string): void => {
    if (nextDay === '' || nextClock === '') return;
    setStart(formatInstant(instantOf(parseWallTime(`${nextDay}T${nextClock.slice(0, 5)}:00`), zone as ZoneId)));
  };
  const move = (to: string): void => {
    setStart(to);
    reschedule.mutate({ start: to, minutes, version: meeting.version }, { onSuccess: onClose });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    move(start);
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Reschedule “${meeting.title}”`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form className="stack" onSubmit={submit}>
        <div className="when-fields">
          <TextInput type="date" label="Day" required value={day} onChange={(event) => set(event.currentTarget.value, clock)} />
          <TextInput
            type="time"
            label={`Start (${zone})`}
            required
            value={clock}
            onChange={(event) => set(day, event.currentTarget.value)}
          />
          <NumberInput
            label="Minutes"
            min={5}
            max={1440}
            step={15}
            value={minutes}
            onChange={(value) => setMinutes(Number(value) || minutes)}
          />
        </div>
        <p className="dim">The same calendar entries are moved, the join link stays, and attendees are told.</p>
        <div aria-live="polite">
          {reschedule.isError && <ProblemNotice error={reschedule.error} />}
          {alternatives.length > 0 && (
            <div className="row wrap" role="group" aria-label="Other times">
              <span className="dim">Instead:</span>
              {alternatives.map((one) => (
                <Button key={one.start} size="xs" onClick={() => move(one.start)}>
                  {absolute(Date.parse(one.start), zone, now)}
                </Button>
              ))}
            </div>
          )}
        </div>
        <Group justify="flex-end" gap={8}>
          <Button onClick={onClose}>Keep {absolute(Date.parse(meeting.start), zone, now)}</Button>
          <Button
            type="submit"
            variant="filled"
            loading={reschedule.isPending}
            disabled={start === meeting.start && minutes === meeting.duration_minutes}
          >
            Move to {absolute(Date.parse(start), zone, now)}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
