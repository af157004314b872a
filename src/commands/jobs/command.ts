import { InvalidArgumentError, Option, type Command } from 'commander';
import { withConfigOptions, type ConfigOptions } from '../config-options.js';

const STATES = ['waiting', 'running', 'later', 'failed'] as const;

export interface LookOptions extends ConfigOptions {
  readonly state?: (typeof STATES)[number];
  readonly limit: number;
  readonly json?: boolean;
}

export interface RetryOptions extends ConfigOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

export type RederiveOptions = ConfigOptions & { readonly json?: boolean };

const MOST = 1_000;

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new InvalidArgumentError(`it must be a number from 1 to ${MOST}`);
  return limit;
}

const limit = () => new Option('--limit <number>', 'at most so many jobs of each queue and state').argParser(limitOf).default(50);

const HELP = `
Looks into the queues that the configuration names, beside a running server or without one. What runs with --memory only the server itself can reach.

Examples:
  afterimage jobs list --config-file glance-api.conf
  afterimage jobs list --state waiting --limit 10 --json
  afterimage jobs failed
  afterimage jobs retry 0190c1e0-….delete-data-when-given-up
  afterimage jobs retry --all
  afterimage jobs rederive`;

/** `jobs list`, `jobs failed`, `jobs retry`, `jobs rederive`. */
export function addJobsCommands(program: Command): void {
  const jobs = program.command('jobs').description('look at the work that is still to be done, and start it anew').addHelpText('after', HELP);
  withConfigOptions(jobs.command('list').description('print how many jobs each queue has, and those that wait, run, come later or have failed'))
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(STATES))
    .addOption(limit())
    .option('--json', 'as JSON')
    .action(async (options: LookOptions) => (await import('./look.js')).listJobs(options));
  withConfigOptions(jobs.command('failed').description('print the jobs that failed for good, the newest first, and why'))
    .addOption(limit())
    .option('--json', 'as JSON')
    .action(async (options: LookOptions) => (await import('./look.js')).listFailed(options));
  withConfigOptions(jobs.command('retry').description('start jobs anew that failed for good'))
    .argument('[id...]', 'which')
    .option('--all', 'all that failed')
    .option('--json', 'as JSON')
    .action(async (ids: string[], options: RetryOptions, command: Command) => {
      if ((ids.length > 0) === (options.all ?? false)) command.error("error: name the jobs, or say --all: 'afterimage jobs failed' prints their ids");
      process.exitCode = await (await import('./retry.js')).retryJobs(ids, options);
    });
  withConfigOptions(jobs.command('rederive').description('add the jobs of all work that the images say is open, as each start of a server does'))
    .option('--json', 'as JSON')
    .action(async (options: RederiveOptions) => (await import('./rederive.js')).rederive(options));
}
