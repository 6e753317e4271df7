import { type JobHandler } from './job-processor';

/** What a lib said it puts on a queue: `QueueModule.register`. */
export class QueueDeclaration {
  constructor(
    readonly name: string,
    readonly jobs: readonly string[],
  ) {}
}

/** A class with `@Processor(queue)`. */
export interface FoundProcessor {
  readonly queue: string;
  readonly className: string;
  readonly handlers: readonly JobHandler[];
}

/**
 * Every queue has one processor and every job one handler: with none, jobs wait for ever; with two processors, each takes jobs
 * meant for the other. Returns what is wrong, each with its fix.
 */
export function queueFaults(declared: readonly QueueDeclaration[], processors: readonly FoundProcessor[]): string[] {
  const names = new Set(declared.map(({ name }) => name));
  return [
    ...[...names].flatMap((name) => faultsOf(name, declared, processors)),
    ...processors.filter(({ queue }) => !names.has(queue)).map(undeclared),
  ];
}

function faultsOf(
  name: string,
  declared: readonly QueueDeclaration[],
  processors: readonly FoundProcessor[],
): string[] {
  const own = declared.filter((queue) => queue.name === name);
  if (own.length > 1) {
    return [
      `queue "${name}" is declared ${own.length} times: keep one QueueModule.register and import its module where it is needed.`,
    ];
  }
  const found = processors.filter(({ queue }) => queue === name);
  const [processor, ...more] = found;
  if (processor === undefined) {
    return [
      `queue "${name}" has no handler: provide a class with @Processor('${name}') in the module that registers it.`,
    ];
  }
  if (more.length > 0) {
    const classes = found.map(({ className }) => className).join(' and ');
    return [`queue "${name}" has ${found.length} handlers, ${classes}: move their @OnJob methods into one class.`];
  }
  return jobFaults(own[0]!, processor);
}

function jobFaults({ name, jobs }: QueueDeclaration, { className, handlers }: FoundProcessor): string[] {
  const methods = (job: string): string[] => handlers.filter((each) => each.job === job).map(({ method }) => method);
  const foreign = handlers.filter(({ job }) => !jobs.includes(job));
  return [
    ...jobs.filter((job) => methods(job).length === 0).map(missing),
    ...jobs.filter((job) => methods(job).length > 1).map(doubled),
    ...foreign.map(
      ({ job, method }) =>
        `${className}.${method} handles job "${job}", which queue "${name}" does not declare: add it to the jobs of QueueModule.register.`,
    ),
  ];

  function missing(job: string): string {
    return `job "${job}" of queue "${name}" has no handler: add a method with @OnJob('${job}') to ${className}.`;
  }

  function doubled(job: string): string {
    return `job "${job}" of queue "${name}" has ${methods(job).length} handlers, ${methods(job).join(' and ')} of ${className}: keep one.`;
  }
}

const undeclared = ({ queue, className }: FoundProcessor): string =>
  `${className} handles queue "${queue}", which nobody declares: import QueueModule.register({ name: '${queue}', jobs: […] }).`;
