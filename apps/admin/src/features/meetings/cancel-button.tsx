import type { Meeting } from '@daymark/api-contract';
import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { TimeSpan } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';
import { useCancel } from './use-meeting-change.ts';

/** Asks first, naming the meeting and who is told. */
export function CancelButton({ meeting }: { readonly meeting: Meeting }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [comment, setComment] = useState('');
  const cancel = useCancel(meeting.id);
  return (
    <>
      <Button onClick={open}>Cancel…</Button>
      <Modal opened={isOpen} onClose={close} title={`Cancel “${meeting.title}”?`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className="stack">
          <p>
            <TimeSpan start={meeting.start} end={meeting.end} />
          </p>
          <p>
            The time becomes free, {counted(meeting.placements.length, 'calendar entry', 'calendar entries')}{' '}
            {meeting.placements.length === 1 ? 'is' : 'are'} removed, reminders are not sent, and{' '}
            {counted(meeting.attendees.length, 'attendee is', 'attendees are')} told. This cannot be undone.
          </p>
          <Textarea
            label="Comment"
            description="Sent to the people who are told"
            autosize
            minRows={2}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          {cancel.isError && <ProblemNotice error={cancel.error} />}
          <Group justify="flex-end" gap={8}>
            <Button onClick={close}>Keep it</Button>
            <Button
              variant="filled"
              className="danger-button"
              loading={cancel.isPending}
              onClick={() => cancel.mutate(comment.trim(), { onSuccess: close })}
            >
              Cancel the meeting
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  );
}
