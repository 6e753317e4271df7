/**
 * journal: an append-only file per process. A record is on its way to the disk before the caller goes on, so it survives
 * `kill -9`; a later process reads what a dead one left behind.
 */
export * from './journal';
export * from './journal-recovery';
