/** schedule: jobs that recur, on one node each time: `@Recurring`, agreed on through the table `job_leases`. */
export { JobLease } from './job-lease.entity';
export { JobLeaseRepository } from './job-lease.repository';
export { Recurring, RecurringJobs, RecurringModule } from './recurring.module';
export { type RecurringJob, Ticker } from './ticker';
