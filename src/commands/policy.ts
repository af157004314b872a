import { InvalidArgumentError, Option, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { collected, withConfigOptions, type ConfigOptions } from './config-options.js';
import type { CheckOptions } from './policy-check.js';
import type { ShowOptions } from './policy-show.js';

type Json = Readonly<Record<string, unknown>>;

function objectOf(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidArgumentError('it must be a JSON object');
  return value as Json;
}

function objectOfFile(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return objectOf(text);
}

/** The body of `GET /v3/auth/tokens`. */
function accessOfFile(file: string): Json {
  const { token } = objectOfFile(file);
  if (typeof token !== 'object' || token === null) throw new InvalidArgumentError('it holds no "token", as Keystone answers it');
  return token as Json;
}

const CHECK_HELP = `
Prints 'passed: RULE' or 'failed: RULE' for each rule, as oslopolicy-checker does. Ends with 0 only where all passed, with 1 where one failed
or the policy cannot be used, with 2 for wrong usage. Without a target it is something of the caller's own project.

Examples:
  afterimage policy check --config-file glance-api.conf --rule get_image --roles reader --project p1 --target '{"owner": "p2", "visibility": "public"}'
  afterimage policy check --config-file glance-api.conf --rule add_image --rule publicize_image --access token.json
  afterimage policy check --rule get_images --roles admin --system`;

const SHOW_HELP = `
Prints a policy file: every rule as it is in effect, and above it where it comes from.

Examples:
  afterimage policy show --config-file glance-api.conf
  afterimage policy show --config-file glance-api.conf --rule get_image --rule download_image
  afterimage policy show --defaults > policy.yaml`;

/** `policy check` and `policy show`. */
export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('try and look at the rules that say who may do what');
  addCheck(policy);
  addShow(policy);
}

function addCheck(policy: Command): void {
  const command = policy.command('check').description('say whether a caller passes rules').addHelpText('after', CHECK_HELP);
  const caller = ['roles', 'user', 'project', 'system'];
  command
    .requiredOption('--rule <name>', 'a rule to ask; may be repeated', collected)
    .addOption(new Option('--target <json>', 'what it is asked about: {"owner": "…", "visibility": "…", …}').argParser(objectOf).conflicts('targetFile'))
    .addOption(new Option('--target-file <file>', 'the same from a file').argParser(objectOfFile))
    .addOption(new Option('--access <file>', 'the caller: a token as Keystone answers it, {"token": {…}}').argParser(accessOfFile).conflicts(caller))
    .option('--roles <names>', "the caller's roles, with those that they imply, joined by commas", (text) => text.split(',').map((role) => role.trim()).filter((role) => role !== ''))
    .option('--user <id>', "the caller's user id")
    .option('--project <id>', "the project of the caller's token")
    .addOption(new Option('--system', "the caller's token is for the whole system").conflicts('project'))
    .option('--json', 'as JSON');
  withConfigOptions(command).action(async (options: ConfigOptions & CheckOptions) => {
    const { checkPolicy } = await import('./policy-check.js');
    process.exitCode = checkPolicy(options) ? 0 : 1;
  });
}

function addShow(policy: Command): void {
  const command = policy.command('show').description('print the rules in effect, and where they come from').addHelpText('after', SHOW_HELP);
  command
    .option('--rule <name>', 'only this rule; may be repeated', collected)
    .option('--defaults', 'the default rules, whatever the files say')
    .option('--json', 'as JSON');
  withConfigOptions(command).action(async (options: ConfigOptions & ShowOptions) => {
    const { showPolicy } = await import('./policy-show.js');
    showPolicy(options);
  });
}
