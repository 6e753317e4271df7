/**
 * users: who may do what. Accounts with their roles, sign-in sessions, API keys and the groups that set their prices and limits.
 * `ApiKeyRing.authenticate` is the data plane's entrance, `SessionService.principal` the control plane's.
 */
import { Users1764000000001 } from './migrations/1764000000001-users';
import { GroupRouting1764000000340 } from './migrations/1764000000340-group-routing';

export { apiKeyStatuses } from './api-keys/api-key.entity';
export type { ApiKey, ApiKeyStatus } from './api-keys/api-key.entity';
export { apiKeySortFields } from './api-keys/api-key.repository';
export { type AuthResult, ApiKeyRing } from './api-keys/api-key-ring';
export { ApiKeyService } from './api-keys/api-key.service';
export type { ApiKeyChanges, ApiKeyTerms, IssuedKey } from './api-keys/api-key.service';
export { ApiKeyUsage } from './api-keys/api-key-usage';
export { allowsModel, type Caller } from './api-keys/caller';
export { hashKey } from './api-keys/key-material';
export { canonicalIp, IpMatcher } from './api-keys/ip-matcher';
export { DEFAULT_GROUP, type Group, multiplierToPpm, ppmToMultiplier } from './groups/group';
export { type GroupInput, GroupService } from './groups/group.service';
export {
  affinities,
  type Affinity,
  fallbacksFor,
  type GroupRouting,
  plainRouting,
  routingLimits,
  routingStrategies,
  type RoutingStrategy,
} from './groups/group-routing';
export { Groups } from './groups/groups';
export type { Listed, ListRequest } from './paging';
export { isPlainText } from './plain-text';
export { ACCESS_TOKEN, type AccessClaims, AccessTokens } from './sessions/access-tokens';
export { LoginService } from './sessions/login.service';
export { LoginThrottle } from './sessions/login-throttle';
export type { SessionEntity } from './sessions/session.entity';
export { type Client, type Principal, type SignedIn, SessionService } from './sessions/session.service';
export type { UsersEvents } from './users.events';
export { usersEntities, UsersModule } from './users.module';
export { usersSettings } from './users.settings';
export { PASSWORD_MAX, PASSWORD_MIN } from './users/password-hasher';
export { type Actor, assertMayManage, isAtLeast, type Role, roles, userStatuses, type UserStatus } from './users/roles';
export type { User } from './users/user.entity';
export { userSortFields } from './users/user.repository';
export { type Credentials, type NewUser, type UserChanges, UserService, type Within } from './users/user.service';
export { EMAIL_MAX, knownUsername, USERNAME_MAX, USERNAME_MIN } from './users/username';

export const usersMigrations = [Users1764000000001, GroupRouting1764000000340];
