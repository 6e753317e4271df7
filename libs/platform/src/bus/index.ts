/** bus: changes every node hears within a second: rows of `change_events` that are polled, and a doorbell on Redis. */
export * from './bus.module';
export * from './change-bus';
export { ChangeEvent } from './change-event.entity';
export { ChangeEventRepository } from './change-event.repository';
export { DatabaseChangeBus } from './database.change-bus';
export { type Doorbell, RedisDoorbell } from './doorbell';
