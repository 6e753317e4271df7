import { sharingFault } from './process-role';
import { type FoundProcessor, QueueDeclaration, queueFaults } from './queue-check';

const mail = new QueueDeclaration('mail', ['send', 'purge']);
const processor = (className: string, queue: string, ...jobs: string[]): FoundProcessor => ({
  queue,
  className,
  handlers: jobs.map((job, n) => ({ job, method: `on${n}` })),
});

it('finds nothing wrong with one handler for each job', () => {
  expect(queueFaults([mail], [processor('MailJobs', 'mail', 'send', 'purge')])).toEqual([]);
  expect(queueFaults([], [])).toEqual([]);
});

it.each([
  ['a queue without handler', [mail], [], [/queue "mail" has no handler.*@Processor\('mail'\)/]],
  [
    'two handlers of one queue',
    [mail],
    [processor('A', 'mail', 'send'), processor('B', 'mail', 'purge')],
    [/"mail" has 2 handlers, A and B.*into one class/],
  ],
  [
    'a job without handler',
    [mail],
    [processor('A', 'mail', 'send')],
    [/job "purge".*no handler.*@OnJob\('purge'\) to A/],
  ],
  [
    'two handlers of one job',
    [mail],
    [processor('A', 'mail', 'send', 'purge', 'purge')],
    [/job "purge".*2 handlers, on1 and on2 of A.*keep one/],
  ],
  [
    'a handler of a job nobody declares',
    [mail],
    [processor('A', 'mail', 'send', 'purge', 'sned')],
    [/A\.on2 handles job "sned".*does not declare/],
  ],
  [
    'a handler of a queue nobody declares',
    [],
    [processor('A', 'mial', 'send')],
    [/A handles queue "mial".*nobody declares/],
  ],
  ['one queue declared twice', [mail, mail], [processor('A', 'mail', 'send', 'purge')], [/declared 2 times/]],
  [
    'several faults at once',
    [mail, new QueueDeclaration('tasks', ['poll'])],
    [processor('A', 'mail', 'send')],
    [/"purge"/, /"tasks" has no handler/],
  ],
])('says how to fix %s', (_title, declared, found, messages) => {
  const faults = queueFaults(declared, found);
  expect(faults).toHaveLength(messages.length);
  messages.forEach((message, n) => expect(faults[n]).toMatch(message));
});

it('refuses a queue in memory where another process is to work on it', () => {
  const memory = { databaseUrl: 'sqlite::memory:' };
  expect(sharingFault('server', { ...memory, worker: 'external' })).toMatch(
    /^WORKER: external.*DATABASE_URL.*WORKER=embedded/,
  );
  expect(sharingFault('worker', { ...memory, worker: 'embedded' })).toMatch(/^DATABASE_URL: /);
  expect(sharingFault('server', { ...memory, worker: 'embedded' })).toBeNull();
  expect(sharingFault('server', { databaseUrl: 'sqlite:/data/one-api.sqlite', worker: 'external' })).toBeNull();
});
