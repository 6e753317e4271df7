/** secrets: what is encrypted at rest, and the master key it is encrypted under. */
export * from './master-key';
export * from './secret-box';
export * from './sealed-place';
export * from './secrets.module';
