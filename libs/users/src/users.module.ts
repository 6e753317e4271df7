import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CLOCK, systemClock } from '@app/core';
import { ApiKeyEntity } from './api-keys/api-key.entity';
import { ApiKeyRepository } from './api-keys/api-key.repository';
import { ApiKeyRing } from './api-keys/api-key-ring';
import { ApiKeyService } from './api-keys/api-key.service';
import { ApiKeyUsage } from './api-keys/api-key-usage';
import { GroupEntity } from './groups/group.entity';
import { GroupRepository } from './groups/group.repository';
import { GroupService } from './groups/group.service';
import { Groups } from './groups/groups';
import { AccessTokens } from './sessions/access-tokens';
import { LoginService } from './sessions/login.service';
import { LoginThrottle } from './sessions/login-throttle';
import { RefreshTokens } from './sessions/refresh-tokens';
import { SessionEntity } from './sessions/session.entity';
import { SessionRepository } from './sessions/session.repository';
import { SessionService } from './sessions/session.service';
import { PasswordHasher } from './users/password-hasher';
import { UserEntity } from './users/user.entity';
import { UserRepository } from './users/user.repository';
import { UserService } from './users/user.service';

export const usersEntities = [UserEntity, SessionEntity, ApiKeyEntity, GroupEntity];

const services = [
  UserService,
  SessionService,
  LoginService,
  LoginThrottle,
  AccessTokens,
  ApiKeyService,
  ApiKeyRing,
  ApiKeyUsage,
  GroupService,
  Groups,
];

@Global()
@Module({
  imports: [TypeOrmModule.forFeature(usersEntities)],
  providers: [
    { provide: CLOCK, useValue: systemClock },
    UserRepository,
    SessionRepository,
    ApiKeyRepository,
    GroupRepository,
    PasswordHasher,
    RefreshTokens,
    ...services,
  ],
  exports: services,
})
export class UsersModule {}
