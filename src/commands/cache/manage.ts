import type { Command } from 'commander';
import { CacheClient } from './cache-client.js';
import { CacheRequestFailed } from './cache.errors.js';
import { CommandLineLogin } from './login.js';
import { carryOut, commandList, MANAGE_COMMANDS, wrongUsage, type ManageCommand } from './manage-commands.js';
import { cacheHost, loginOptions, type ManageOptions } from './manage-options.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Answers the exit code. */
export async function manage([name = '', ...rest]: readonly string[], options: ManageOptions, command: Command): Promise<number> {
  if (name === 'help') return help(rest[0], command);
  const asked = MANAGE_COMMANDS.find((each) => each.name === name);
  if (!asked) return unknown(name);
  const wrong = wrongUsage(asked, rest);
  if (wrong !== undefined) {
    say(wrong);
    return 1;
  }
  const started = performance.now();
  const code = await attempt(asked, rest, options);
  if (options.verbose) say(`Completed in ${((performance.now() - started) / 1000).toFixed(4)} sec.`);
  return code;
}

function help(name: string | undefined, command: Command): number {
  if (name === undefined) {
    command.outputHelp();
    return 0;
  }
  const found = MANAGE_COMMANDS.find((each) => each.name === name);
  if (!found) return unknown(name);
  say(`${command.name()} ${found.name} ${found.ofImage ? '<IMAGE_ID> ' : ''}[options]\n\n    ${found.detail}`);
  return 0;
}

function unknown(name: string): number {
  say(`\nError: "${name}" is not a valid command.\n\n${commandList()}\n`);
  process.stderr.write(`Unknown command: ${name}\n`);
  return 1;
}

async function attempt(command: ManageCommand, rest: readonly string[], options: ManageOptions): Promise<number> {
  const login = new CommandLineLogin(loginOptions(options));
  let client: CacheClient | undefined;
  try {
    client = new CacheClient(cacheHost(options), login);
    const tells = await carryOut(command, { client, force: options.force ?? false, rest });
    if (tells !== undefined && options.verbose) say(tells);
    return 0;
  } catch (error) {
    return failed(error, command, options);
  } finally {
    await client?.close();
    await login.close();
  }
}

function failed(error: unknown, { action }: ManageCommand, { host, debug }: ManageOptions): number {
  const status = error instanceof CacheRequestFailed ? error.status : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (status === 404) say(`Cache management middleware not enabled on host ${host}`);
  else if (status === 403) say('Not authorized to make this request.');
  else say(`Failed to ${action}. Got error:\n${message}`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}
