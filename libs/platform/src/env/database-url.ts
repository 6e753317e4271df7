import { resolve } from 'node:path';

const aliases: Record<string, string> = {
  'postgres:': 'postgres:',
  'postgresql:': 'postgres:',
  'mysql:': 'mysql:',
  'mariadb:': 'mysql:',
};

/**
 * The one spelling of a database URL the rest of the program knows. SQLite paths become absolute (relative ones start at the
 * working directory), `postgresql:` and `mariadb:` become `postgres:` and `mysql:`. Null for anything else.
 */
export function normalizeDatabaseUrl(text: string): string | null {
  if (text.startsWith('sqlite:')) return normalizeSqlite(text.slice('sqlite:'.length));
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const scheme = aliases[url.protocol];
  if (scheme === undefined || url.hostname === '' || url.pathname.length < 2) return null;
  return scheme + text.slice(url.protocol.length);
}

function normalizeSqlite(rest: string): string | null {
  if (rest === ':memory:') return 'sqlite::memory:';
  const path = rest.replace(/^\/\/(?=\/|\.|[^/])/, '');
  return path === '' || path.endsWith('/') ? null : `sqlite:${resolve(path)}`;
}
