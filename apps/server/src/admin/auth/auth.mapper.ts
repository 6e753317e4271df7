import type { SessionEntity } from '@app/users';
import { iso } from '../http';
import type { SessionDto } from './auth.dto';

export const sessionDto = (session: SessionEntity, currentId: string): SessionDto => ({
  id: session.id,
  ip: session.ip,
  userAgent: session.userAgent,
  createdAt: iso(session.createdAt),
  lastSeenAt: iso(session.lastSeenAt),
  current: session.id === currentId,
});
