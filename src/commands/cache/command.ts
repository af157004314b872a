import type { Command } from 'commander';
import { commandList } from './manage-commands.js';
import { withManageOptions, type ManageOptions } from './manage-options.js';

/** `glance-cache-manage`: looks at and changes the cache of a running server. */
export function asCacheManage(command: Command): Command {
  command.description('look at and change the image cache of a running server').argument('<command...>', 'the command, and the image that it is about');
  return withManageOptions(command)
    .addHelpText('after', () => `\n${commandList()}`)
    .action(async (words: string[], options: ManageOptions) => {
      const { manage } = await import('./manage.js');
      process.exitCode = await manage(words, options, command);
    });
}
