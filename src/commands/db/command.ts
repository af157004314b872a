import type { Command } from 'commander';
import { withToolOptions } from '../tool-options.js';
import { ACTIONS, type Action, type DbOptions } from './actions.js';

const HELP = `
Reads the same configuration as the server; the database that Afterimage keeps itself is started where it does not run.

Examples:
  afterimage db sync --config-file glance-api.conf
  afterimage db check
  afterimage db expand && afterimage db migrate     (then start the new program everywhere)
  afterimage db contract`;

/** `afterimage db …`; each action by both spellings, and as `afterimage db_…`. */
export function addDbCommands(program: Command): void {
  // An action has a --version of its own.
  program.enablePositionalOptions();
  const db = program.command('db').description('make, upgrade and look after the database').addHelpText('after', HELP);
  for (const action of ACTIONS) {
    const name = action.name.replaceAll('_', '-');
    const command = asAction(db, action, name, 'afterimage db');
    if (name !== action.name) command.alias(action.name);
    asAction(program, action, `db_${action.name}`, 'afterimage db', true);
  }
}

/** `glance-manage db …` and `glance-manage db_…`. */
export function asManage(command: Command): Command {
  withToolOptions(command).description('make, upgrade and look after the database').enablePositionalOptions();
  const db = command.command('db').description('as db_ACTION, in two words').enablePositionalOptions();
  for (const action of ACTIONS) {
    asAction(db, action, action.name, 'glance-manage db');
    asAction(command, action, `db_${action.name}`, 'glance-manage db');
  }
  return command;
}

function asAction(parent: Command, action: Action, name: string, program: string, hidden = false): Command {
  const command = withToolOptions(parent.command(name, { hidden }).description(action.does));
  for (const [flags, does] of Object.entries(action.options)) command.option(flags, does);
  for (const word of action.words) command.argument(`[${word}]`);
  return command.allowExcessArguments(false).action(async (...given: unknown[]) => {
    const words = given.slice(0, action.words.length).filter((word) => typeof word === 'string');
    process.exitCode = await action.run({ options: command.optsWithGlobals<DbOptions>(), words, program });
  });
}
