/**
 * providers: one record per kind of upstream (base URL, protocols, authentication, paths, quirks) and the pure functions that
 * read them: address a call, read a models list, read a balance, classify an error. No HTTP, no state.
 */
export * from './authorize';
export * from './balance';
export * from './error-kind';
export * from './models-list';
export * from './models-page';
export * from './protocol';
export * from './provider';
export * from './quirks';
export * from './registry';
export * from './request';
export * from './retry-after';
export * from './upstream-error';
