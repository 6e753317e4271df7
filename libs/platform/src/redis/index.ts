/** redis: connections that fail fast and say once when Redis goes away and comes back. What is kept in Redis belongs to the other folders. */
export * from './redis-link';
