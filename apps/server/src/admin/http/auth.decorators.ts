import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Principal, Role } from '@app/users';
import { PUBLIC_EXTENSION } from './api-document';
import { clientIp } from './client-ip';

export const PUBLIC = 'admin:public';
export const ROLE = 'admin:role';

/** No credentials asked. */
export const Public = () => applyDecorators(SetMetadata(PUBLIC, true), ApiExtension(PUBLIC_EXTENSION, true));

/** This role or a higher one. Without it any signed-in user passes. */
export const Roles = (atLeast: Role) => SetMetadata(ROLE, atLeast);

/** Who is calling: `@CurrentUser() actor: Principal`. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  // The guard has run: no route without @Public() is reached with nobody signed in.
  return context.switchToHttp().getRequest<Request & { user: Principal }>().user;
});

/** The caller's address: `@ClientIp() ip: string`. */
export const ClientIp = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  clientIp(context.switchToHttp().getRequest<Request>()),
);
