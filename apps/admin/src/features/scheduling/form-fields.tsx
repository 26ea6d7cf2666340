import { MultiSelect, NumberInput, SegmentedControl, Select, TextInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { minutesInWords } from '../../lib/format-time.ts';
import { usersQuery } from '../../lib/queries/users.ts';
import type { BookingForm, ConferenceChoice } from './booking-form.ts';
import { PreparationEditor } from './preparation-editor.tsx';
import { schedulingProfilesQuery } from './use-scheduling.ts';

interface FormFieldsProps {
  readonly form: BookingForm;
  readonly faults: ReadonlyMap<string, string>;
  readonly onChange: (part: Partial<BookingForm>) => void;
}

const reminderChoices = [10, 30, 60, 120, 1440, 2880];
const conferenceChoices: readonly { readonly value: ConferenceChoice; readonly label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'wanted', label: 'If possible' },
  { value: 'required', label: 'Required' },
];

/** What the meeting is and who comes. */
export function FormFields({ form, faults, onChange }: FormFieldsProps): ReactNode {
  const { data: users } = useQuery(usersQuery);
  const { data: profiles } = useQuery(schedulingProfilesQuery);
  const [isMoreOpen, setIsMoreOpen] = useState(() => form.referenceId !== '' || window.matchMedia('(min-width: 48em)').matches);
  const reminders = [...new Set([...reminderChoices, ...form.reminders.map(Number)])].toSorted((one, other) => one - other);
  return (
    <div className="panel booking-fields">
      <TextInput
        label="Title"
        required
        value={form.title}
        error={faults.get('title')}
        onChange={(event) => onChange({ title: event.currentTarget.value })}
      />
      <MultiSelect
        label="People"
        description="Who must be free; you, when nobody is named"
        placeholder={form.hosts.length === 0 ? 'You' : undefined}
        searchable
        value={[...form.hosts]}
        data={users?.map((user) => ({ value: user.id, label: user.name })) ?? []}
        onChange={(hosts) => onChange({ hosts })}
      />
      <Textarea
        label="Attendees"
        description="Addresses of people who are invited by mail"
        placeholder="sam@customer.example"
        autosize
        minRows={1}
        value={form.attendees}
        error={faults.get('attendees')}
        onChange={(event) => onChange({ attendees: event.currentTarget.value })}
      />
      <NumberInput
        label="Duration in minutes"
        min={5}
        max={1440}
        step={15}
        value={form.durationMinutes}
        error={faults.get('duration')}
        onChange={(value) => onChange({ durationMinutes: Number(value) || 0 })}
      />
      <Select
        label="Scheduling profile"
        description="Hours, buffers and limits to keep"
        placeholder="No rules"
        clearable
        value={form.profileId}
        data={profiles?.map((one) => ({ value: one.id, label: one.name })) ?? []}
        onChange={(profileId) => {
          const profile = profiles?.find((one) => one.id === profileId);
          onChange(
            profile === undefined
              ? { profileId: null }
              : { profileId: profile.id, durationMinutes: profile.duration_minutes, reminders: profile.reminders.map(String) },
          );
        }}
      />
      <div>
        <p className="field-label" id="conference-label">
          Video meeting
        </p>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-labelledby="conference-label"
          value={form.conference}
          data={[...conferenceChoices]}
          onChange={(value) => onChange({ conference: conferenceChoices.find((one) => one.value === value)?.value ?? form.conference })}
        />
      </div>
      <MultiSelect
        label="Reminders"
        value={[...form.reminders]}
        data={reminders.map((minutes) => ({ value: String(minutes), label: `${minutesInWords(minutes)} before` }))}
        onChange={(chosen) => onChange({ reminders: chosen })}
      />
      <details
        className="booking-more"
        open={isMoreOpen || faults.has('referenceUrl')}
        onToggle={(event) => setIsMoreOpen(event.currentTarget.open)}
      >
        <summary>Place, notes, preparation, lead</summary>
        <div className="booking-part">
          <TextInput label="Place" value={form.location} onChange={(event) => onChange({ location: event.currentTarget.value })} />
          <Textarea
            label="Notes"
            description="Shown in the calendar and in mails"
            autosize
            minRows={2}
            value={form.description}
            onChange={(event) => onChange({ description: event.currentTarget.value })}
          />
          <PreparationEditor items={form.preparation} onChange={(preparation) => onChange({ preparation })} />
          <fieldset className="preparation">
            <legend>Lead or record it belongs to</legend>
            <div className="booking-duo">
              <TextInput
                label="Kind"
                placeholder="lead"
                value={form.referenceType}
                onChange={(event) => onChange({ referenceType: event.currentTarget.value })}
              />
              <TextInput
                label="Number"
                placeholder="42"
                value={form.referenceId}
                onChange={(event) => onChange({ referenceId: event.currentTarget.value })}
              />
            </div>
            <TextInput
              label="Link"
              placeholder="https://crm.example/leads/42"
              value={form.referenceUrl}
              error={faults.get('referenceUrl')}
              onChange={(event) => onChange({ referenceUrl: event.currentTarget.value })}
            />
          </fieldset>
        </div>
      </details>
    </div>
  );
}
