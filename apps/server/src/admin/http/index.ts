/**
 * What every admin feature shares: who is calling (guard, roles), what is accepted (validation, paging), what is answered
 * on failure (problem+json), and the OpenAPI of those. A feature declares its controller with `@AdminController('things')`,
 * which is `/api/things`, signed-in callers only, unless a route says `@Public()` or `@Roles('admin')`.
 */
export * from './admin-controller';
export { completeDocument } from './api-document';
export * from './auth.decorators';
export * from './client-ip';
export * from './configure';
export * from './http.module';
export * from './keyset.dto';
export * from './large-body';
export * from './origin';
export * from './own-rows';
export * from './paging.dto';
export * from './problem.dto';
export * from './refresh-cookie';
export * from './sort';
export * from './times';
export * from './user.dto';
export * from './user.mapper';
export * from './validators';
