import { Logger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';

/** Slow statements and pool trouble. Never parameters: they hold secrets. Failed statements are thrown, not logged. */
export class DatabaseLogger implements TypeOrmLogger {
  private readonly logger = new Logger('Database');

  logQuerySlow(milliseconds: number, sql: string): void {
    this.logger.warn(`slow statement, ${milliseconds} ms: ${sql.slice(0, 1_000)}`);
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
  }

  logMigration(message: string): void {
    this.logger.log(message);
  }

  logQuery(): void {}

  logQueryError(): void {}

  logSchemaBuild(): void {}
}
