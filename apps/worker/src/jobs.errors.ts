/** An id that a job cannot have. */
export class BadJobId extends Error {
  readonly code = 'BadJobId';
  constructor(readonly id: string) {
    super(`${JSON.stringify(id)} cannot be the id of a job: 1 to 200 letters, digits, dots, dashes and underscores, not only digits.`);
  }
}

/** The name of a node that cannot be one. */
export class BadNodeName extends Error {
  readonly code = 'BadNodeName';
  constructor(readonly node: string) {
    super(`${JSON.stringify(node)} cannot be the name of a node: 1 to 100 letters, digits, dots, dashes and underscores.`);
  }
}

/** Each job must have exactly one processor; the start ends otherwise. */
export class ProcessorsAmiss extends Error {
  readonly code = 'ProcessorsAmiss';
  constructor(readonly job: string, readonly count: number) {
    super(count === 0
      ? `The job ${job} has no processor: give WorkerModule one whose name is '${job}'.`
      : `The job ${job} has ${count} processors; it must be one.`);
  }
}

/** The place where jobs are kept cannot be reached or used at the start. */
export class JobsUnavailable extends Error {
  readonly code = 'JobsUnavailable';
  constructor(where: string, cause: unknown) {
    super(`The jobs cannot be kept in ${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Nobody made BullMQ's tables, and nobody asked for them; nothing was created. */
export class JobTablesMissing extends Error {
  readonly code = 'JobTablesMissing';
  constructor() {
    super("the tables of the queues are not there, and nothing was created: run 'afterimage db sync' with the same configuration, or set [DEFAULT] db_auto_create = True");
  }
}

export type JobsError = BadJobId | BadNodeName | ProcessorsAmiss | JobsUnavailable | JobTablesMissing;
