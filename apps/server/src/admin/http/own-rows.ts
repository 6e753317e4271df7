import { DomainError } from '@app/core';
import { isAtLeast, type Principal } from '@app/users';

/**
 * Whose rows a list may show: administrators see everybody's or, filtered, one user's; everybody else their own. Throws
 * `forbidden` when somebody asks for another's.
 */
export function visibleUser(actor: Principal, wanted?: string): string | undefined {
  if (isAtLeast(actor.role, 'admin')) return wanted;
  if (wanted !== undefined && wanted !== actor.userId) throw new DomainError('forbidden', 'these are not your entries');
  return actor.userId;
}
