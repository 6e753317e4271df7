import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { DomainError } from '@app/core';
import { isAtLeast, type Principal, type Role } from '@app/users';
import { PUBLIC, ROLE } from './auth.decorators';

/** Guards every control-plane route: signed in unless `@Public()`, and of the role `@Roles()` asks for. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.metadata<boolean>(context, PUBLIC)) return true;
    await super.canActivate(context);
    const { user } = context.switchToHttp().getRequest<Request & { user: Principal }>();
    const role = this.metadata<Role>(context, ROLE);
    if (role !== undefined && !isAtLeast(user.role, role)) {
      throw new DomainError('forbidden', `this needs the role ${role}`);
    }
    return true;
  }

  override handleRequest<T>(error: Error | null, user: T | false): T {
    if (error) throw error;
    if (!user) throw new DomainError('unauthorized', 'sign in: the access token is missing, expired or revoked');
    return user;
  }

  private metadata<T>(context: ExecutionContext, key: string): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
