import type { Env } from '../env';

/** What this process is there for: serving requests, background jobs only, or one command. */
export type ProcessRole = 'server' | 'worker' | 'tool';

/** A worker always runs background jobs, a tool never, a server unless WORKER=external. */
export const runsJobs = (role: ProcessRole, env: Pick<Env, 'worker'>): boolean =>
  role === 'worker' || (role === 'server' && env.worker === 'embedded');

/** Why jobs added here would never run, with the fix; null when all is well. */
export function sharingFault(role: ProcessRole, env: Pick<Env, 'worker' | 'databaseUrl'>): string | null {
  if (env.databaseUrl !== 'sqlite::memory:') return null;
  if (role === 'server' && env.worker === 'external') {
    return (
      'WORKER: external leaves background jobs to another process, but the database is in the memory of this one, where no ' +
      'other can see it. Set DATABASE_URL to a file, PostgreSQL or MySQL, or set WORKER=embedded.'
    );
  }
  if (role === 'worker') {
    return (
      'DATABASE_URL: the worker shares its jobs with the servers through the database, but this one is in memory. Set ' +
      'DATABASE_URL to the database of the servers.'
    );
  }
  return null;
}
