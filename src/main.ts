import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { Command, type CommanderError } from 'commander';
import { addBackupCommands } from './commands/backup/command.js';
import { commandLine, withConfigOptions, type ConfigOptions } from './commands/config-options.js';
import { addDbCommands } from './commands/db/command.js';
import { addImportLegacyCommand } from './commands/import-legacy/command.js';
import { addJobsCommands } from './commands/jobs/command.js';
import { addProjectionsCommands } from './commands/projections/command.js';
import { addReconcileCommand } from './commands/reconcile/command.js';
import { addPolicyCommands } from './commands/policy.js';
import { addStatusCommands } from './commands/status/command.js';
import { addTools, toolCalled } from './commands/tools.js';

// What the commands import is compiled once for all starts.
enableCompileCache();

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** Wrong usage ends with 2, as operators know it from OpenStack's tools. */
function leave(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : 2);
}

const asProgram = (command: Command): Command => command.version(version()).exitOverride(leave).showHelpAfterError('(--help lists what is possible)');

function program(): Command {
  const afterimage = asProgram(new Command('afterimage')).description('An event-sourced image registry that speaks the OpenStack Images API');
  withConfigOptions(afterimage.command('serve').description('serve the API and do the background work')).action(async (options: ConfigOptions) => {
    const { serve } = await import('./commands/serve.js');
    await serve(commandLine(options), version());
  });
  withConfigOptions(afterimage.command('work <role>', { hidden: true })).action(async (role: string) => {
    const { work } = await import('./commands/work.js');
    await work(role);
  });
  const config = afterimage.command('config').description('look at the configuration');
  withConfigOptions(config.command('show').description('print the effective settings and where they come from, secrets hidden'))
    .option('--json', 'as JSON')
    .action(async (options: ConfigOptions & { json?: boolean }) => {
      const { showConfig } = await import('./commands/config.js');
      showConfig(commandLine(options), options.json ?? false);
    });
  addPolicyCommands(afterimage);
  addJobsCommands(afterimage);
  addReconcileCommand(afterimage);
  addBackupCommands(afterimage);
  addProjectionsCommands(afterimage);
  addImportLegacyCommand(afterimage);
  addDbCommands(afterimage);
  addStatusCommands(afterimage);
  addTools(afterimage);
  return afterimage;
}

try {
  const tool = toolCalled(process.argv[2], asProgram);
  await (tool ? tool.parseAsync(process.argv.slice(3), { from: 'user' }) : program().parseAsync());
} catch (error) {
  const { redactUrls } = await import('#settings');
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(redactUrls(`ERROR: ${message}\n`));
  const ourFault = error instanceof TypeError || error instanceof SyntaxError || error instanceof ReferenceError;
  if (error instanceof Error && (ourFault || process.argv.includes('--debug'))) process.stderr.write(redactUrls(`${error.stack}\n`));
  process.exit(error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1);
}
