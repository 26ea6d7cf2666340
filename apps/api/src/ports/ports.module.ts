import { Global, Module } from '@nestjs/common';
import { Clock, IdSource } from '@daymark/domain';
import { Chance, Timers } from './ports.ts';
import { SystemChance, SystemClock, SystemIds, SystemTimers } from './system-ports.ts';

/** Time, chance, ids and waiting: what a test replaces in order to foresee everything. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: IdSource, useClass: SystemIds },
    { provide: Chance, useClass: SystemChance },
    { provide: Timers, useClass: SystemTimers },
  ],
  exports: [Clock, IdSource, Chance, Timers],
})
export class PortsModule {}
