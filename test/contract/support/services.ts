import { execFileSync } from 'node:child_process';

/** Servers a contract suite may run on. The URLs name a user who may create databases. */
export const services = {
  postgres: process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql: process.env.TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/mysql',
  redis: process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379',
} as const;

export type ServiceName = keyof typeof services;

const answers = new Map<ServiceName, boolean>();

/** Whether something listens there. Synchronous, because jest collects suites synchronously; asked once per test file. */
export function isServiceUp(name: ServiceName): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  const { hostname, port } = new URL(services[name]);
  const probe = `require('node:net').connect(${Number(port)}, ${JSON.stringify(hostname)})
    .setTimeout(2000, () => process.exit(1)).on('error', () => process.exit(1)).on('connect', () => process.exit(0))`;
  let up = true;
  try {
    execFileSync(process.execPath, ['-e', probe], { stdio: 'ignore' });
  } catch {
    up = false;
  }
  answers.set(name, up);
  return up;
}

/** A suite that needs a service: skipped with a notice where it is absent, failed where CI promises it. */
export function describeService(service: ServiceName, title: string, suite: () => void): void {
  if (isServiceUp(service)) describe(title, suite);
  else if (process.env.CI) describe(title, () => it(`needs ${service}`, () => refuse(service)));
  else {
    process.stderr.write(`skipped: ${title} (nothing listens at ${services[service]})\n`);
    describe.skip(title, suite);
  }
}

/** `suite` gets the URL of the Redis under test; keys are the suite's own to name apart. */
export const describeRedis = (title: string, suite: (redisUrl: string) => void): void =>
  describeService('redis', `${title} · redis`, () => suite(services.redis));

function refuse(service: ServiceName): never {
  throw new Error(`CI runs every driver, but nothing listens at ${services[service]}`);
}
