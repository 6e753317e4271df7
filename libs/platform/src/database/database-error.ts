/** What the drivers report: `code` on SQLite and PostgreSQL (SQLSTATE) and MySQL (name). TypeORM wraps it in `driverError`. */
function codeOf(error: unknown): string {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  const { code } = (driverError ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

const among =
  (...codes: string[]) =>
  (error: unknown): boolean =>
    codes.includes(codeOf(error));

/** The row exists already: a primary key or unique index refused it. */
export const isUniqueViolation = among(
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  '23505',
  'ER_DUP_ENTRY',
);

/** The database gave up on this transaction in favour of another; the same work may succeed when repeated. */
export const isTransactionConflict = among(
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  '40001',
  '40P01',
  '55P03',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
);

/** The server is not there, or not there yet: worth waiting for at boot. A wrong password or database name is not. */
export const isUnreachable = among(
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  '53300',
  '57P01',
  '57P03',
);
