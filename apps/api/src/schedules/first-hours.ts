import { Injectable } from '@nestjs/common';
import { defaultSchedulingSettings, IdSource, type Uuid, type ZoneId } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { UserOnboarding } from '../identity/user-onboarding.ts';
import { usualHours } from './hours.ts';
import { ProfilesRepository } from './profiles.repository.ts';
import { SchedulesRepository } from './schedules.repository.ts';

const NOTICE_MINUTES = 60;

/** Office hours and one kind of meeting, so that a new user can be booked at once. */
@Injectable()
export class FirstHours extends UserOnboarding {
  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly profiles: ProfilesRepository,
    private readonly settings: TenantSettings,
    private readonly ids: IdSource,
  ) {
    super();
  }

  override async begin(tx: Transaction, user: { readonly id: Uuid; readonly tenantId: Uuid; readonly zone: ZoneId | null }): Promise<void> {
    const settings = await this.settings.get(tx);
    const zone = user.zone ?? settings.time_zone;
    const own = { tenantId: user.tenantId, userId: user.id, isDefault: true };
    if ((await this.schedules.lockOf(tx, user.id)).length === 0) {
      await this.schedules.insert(tx, { ...own, id: this.ids.next(), name: 'Working hours', zone, ...usualHours(zone) });
    }
    if ((await this.profiles.lockOf(tx, user.id)).length > 0) return;
    const usual = defaultSchedulingSettings(zone);
    await this.profiles.insert(tx, {
      ...own,
      id: this.ids.next(),
      scheduleId: null,
      name: 'Meeting',
      settings: {
        duration_minutes: usual.durationMinutes,
        step_minutes: usual.stepMinutes,
        round_to: usual.roundToMinutes,
        buffer_before: usual.bufferBeforeMinutes,
        buffer_after: usual.bufferAfterMinutes,
        prep_minutes: usual.preparationMinutes,
        notice_minutes: NOTICE_MINUTES,
        horizon_days: usual.horizonDays,
        max_per_day: usual.maxPerDay,
        calendar_id: null,
        read_calendar_ids: null,
        conference: null,
        location: null,
        reminders: settings.reminders.default_minutes,
      },
    });
  }
}
