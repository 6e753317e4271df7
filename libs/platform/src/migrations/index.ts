/** migrations: the tables of bus, queue and schedule, for the data source: entities and migrations. */
import { ChangeEvent } from '../bus/change-event.entity';
import { JobRow } from '../queue/job.entity';
import { JobLease } from '../schedule/job-lease.entity';
import { PlatformTables1764000000006 } from './1764000000006-platform-tables';

export const platformEntities = [ChangeEvent, JobRow, JobLease];

export const platformMigrations = [PlatformTables1764000000006];
