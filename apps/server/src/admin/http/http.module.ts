import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { JwtAuthGuard } from './auth.guard';
import { JwtStrategy } from './jwt.strategy';
import { ProblemFilter } from './problem.filter';
import { UserMapper } from './user.mapper';
import { AdminValidationPipe } from './validation.pipe';

/** The guard, the validation and the error shape of every controller in this process. */
@Global()
@Module({
  imports: [PassportModule],
  providers: [
    JwtStrategy,
    UserMapper,
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_PIPE, useClass: AdminValidationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [UserMapper],
})
export class AdminHttpModule {}
