import { platformEntities, platformMigrations } from '@app/platform/migrations';
import { runMigrations } from '@app/platform/database';
import { ENV } from '@app/platform/env';
import { type Job, JobProcessor, type JobQueue, OnJob, type ProcessRole, QueueModule } from '@app/platform/queue';
import { InjectQueue, OnWorkerEvent, Processor, QueueEventsHost, QueueEventsListener } from '@nestjs/bullmq';
import { type DynamicModule, Global, Inject, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import { eventually, Gate } from '../support/eventually';
import { forgetKeys } from '../support/redis-keys';
import { createDatabase, describeRedis, type TemporaryDatabase } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

const RECORD = Symbol('Record');
type Entry = [event: string, ...details: unknown[]];

/** Redis is shared by all tests of this machine. */
const queueName = `mail-${randomUUID()}`;

/** What holds up every sending. */
let sending: { begun: boolean; gate: Gate } | undefined;

@Processor(queueName, { concurrency: 2 })
class MailJobs extends JobProcessor {
  constructor(@Inject(RECORD) private readonly record: Entry[]) {
    super();
  }

  @OnJob('mail.send')
  async send(job: Job<{ to: string }>): Promise<string> {
    if (sending !== undefined) sending.begun = true;
    await sending?.gate.opened;
    this.record.push(['sent', job.data.to]);
    return 'ok';
  }

  @OnJob('mail.purge')
  async purge(): Promise<void> {
    this.record.push(['purged']);
  }

  @OnWorkerEvent('completed')
  onCompleted(job: Job): void {
    this.record.push(['completed', job.name, job.returnvalue ?? null]);
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    this.record.push(['failed', job?.name, error.message]);
  }
}

@Injectable()
class MailService {
  constructor(@InjectQueue(queueName) readonly queue: JobQueue) {}
}

const mailQueue = (): DynamicModule => QueueModule.register({ name: queueName, jobs: ['mail.send', 'mail.purge'] });

@Module({ imports: [mailQueue()], providers: [MailJobs, MailService], exports: [QueueModule] })
class MailModule {}

interface Setting {
  readonly role?: ProcessRole;
  readonly worker?: 'embedded' | 'external';
  readonly redisUrl?: string;
  readonly databaseUrl?: string;
  readonly modules?: Type[];
}

class Applications {
  private database: TemporaryDatabase;
  private readonly open: TestingModule[] = [];
  /** What happened in servers. */
  readonly record: Entry[] = [];
  /** What happened in workers. */
  readonly workerRecord: Entry[] = [];

  async start({ role = 'server', worker = 'embedded', redisUrl, databaseUrl, modules = [MailModule] }: Setting = {}) {
    this.database ??= await this.migrated();
    const schema = { entities: platformEntities, migrations: platformMigrations };
    const dataSource = await this.database.open(schema);
    const env = { worker, redisUrl, databaseUrl: databaseUrl ?? this.database.url };
    const provided = [
      { provide: ENV, useValue: env },
      { provide: RECORD, useValue: role === 'worker' ? this.workerRecord : this.record },
      { provide: getDataSourceToken(), useValue: dataSource },
    ];
    @Global()
    @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
    class Surroundings {}
    const app = await Test.createTestingModule({
      imports: [Surroundings, QueueModule.forRoot(role), ...modules],
    }).compile();
    await app.init();
    this.open.push(app);
    return app;
  }

  async stop(): Promise<void> {
    await Promise.all(this.open.map((app) => app.close()));
    await this.database?.drop();
  }

  private async migrated(): Promise<TemporaryDatabase> {
    const database = await createDatabase('sqlite');
    await runMigrations(await database.open({ entities: platformEntities, migrations: platformMigrations }));
    return database;
  }
}

function contract(setting: Setting): void {
  let apps: Applications;
  beforeEach(() => {
    apps = new Applications();
  });
  afterEach(() => {
    sending = undefined;
    return apps.stop();
  });

  it("runs jobs by name, with Nest's injection and events", async () => {
    const app = await apps.start(setting);
    const { queue } = app.get(MailService);
    await queue.add('mail.send', { to: 'ann' });
    await eventually(() => apps.record.length === 2);
    await queue.add('mail.purge', null);
    await eventually(() => apps.record.length === 4);
    expect(apps.record).toEqual([
      ['sent', 'ann'],
      ['completed', 'mail.send', 'ok'],
      ['purged'],
      ['completed', 'mail.purge', null],
    ]);
  });

  it('fails a job nobody handles at once, and says so', async () => {
    const app = await apps.start(setting);
    const { queue } = app.get(MailService);
    const { id } = await queue.add('mail.from-a-newer-version', {});
    await eventually(() => apps.record.length === 1);
    expect(apps.record[0]![2]).toContain('no handler for job mail.from-a-newer-version');
    expect(await (await queue.getJob(id!))!.getState()).toBe('failed');
    await queue.remove(id!);
  });

  it('leaves jobs to the worker when WORKER=external', async () => {
    const server = await apps.start({ ...setting, worker: 'external' });
    await server.get(MailService).queue.add('mail.send', { to: 'bob' });
    await apps.start({ ...setting, worker: 'external', role: 'worker' });
    await eventually(() => apps.workerRecord.length === 2);
    await server.get(MailService).queue.add('mail.purge', null);
    await eventually(() => apps.workerRecord.length === 4);
    expect(apps.workerRecord[0]).toEqual(['sent', 'bob']);
    expect(apps.record).toEqual([]);
  });

  it('finishes the running job before the application is closed', async () => {
    const app = await apps.start(setting);
    const { gate } = (sending = { begun: false, gate: new Gate() });
    await app.get(MailService).queue.add('mail.send', { to: 'cleo' });
    await eventually(() => sending!.begun);
    const closed = app.close().then(() => apps.record.push(['closed']));
    gate.open();
    await closed;
    expect(apps.record.map(([event]) => event)).toEqual(['sent', 'completed', 'closed']);
  });
}

describe('the queue module · database', () => contract({}));

describeRedis('the queue module', (redisUrl) => {
  afterAll(() => forgetKeys(redisUrl, `*${queueName}*`));
  contract({ redisUrl });
});

describe('boot', () => {
  let apps: Applications;
  beforeEach(() => {
    apps = new Applications();
  });
  afterEach(() => apps.stop());

  it.each(['server', 'worker', 'tool'] as const)(
    'of a %s fails on a queue without handler, and says what to do',
    async (role) => {
      @Module({ imports: [mailQueue()] })
      class NoProcessor {}
      await expect(apps.start({ role, modules: [NoProcessor] })).rejects.toThrow(
        `queue "${queueName}" has no handler: provide a class with @Processor('${queueName}')`,
      );
    },
  );

  it('fails on two handlers of a queue', async () => {
    @Processor(queueName)
    class OtherMailJobs extends JobProcessor {}
    @Module({ providers: [OtherMailJobs] })
    class OtherModule {}
    await expect(apps.start({ modules: [MailModule, OtherModule] })).rejects.toThrow('MailJobs and OtherMailJobs');
  });

  it('fails on listeners that only Redis could serve', async () => {
    @QueueEventsListener(queueName)
    class Listener extends QueueEventsHost {}
    @Module({ providers: [Listener] })
    class ListenerModule {}
    await expect(apps.start({ modules: [MailModule, ListenerModule] })).rejects.toThrow('@OnWorkerEvent');
  });

  it('fails on a database in memory that a worker is to share', async () => {
    await expect(apps.start({ worker: 'external', databaseUrl: 'sqlite::memory:' })).rejects.toThrow(/DATABASE_URL/);
  });

  it('fails on a queue that two modules declare', async () => {
    @Module({ imports: [mailQueue()] })
    class DeclaresItToo {}
    await expect(apps.start({ modules: [MailModule, DeclaresItToo] })).rejects.toThrow('declared 2 times');
  });

  it('lets a module add to the queue of another', async () => {
    @Module({ imports: [MailModule], providers: [MailService] })
    class Adds {}
    const app = await apps.start({ modules: [Adds] });
    await app.select(Adds).get(MailService).queue.add('mail.purge', null);
    await eventually(() => apps.record.length === 2);
  });

  it('is fine without any queue', async () => {
    await expect(apps.start({ modules: [] })).resolves.toBeDefined();
  });
});
