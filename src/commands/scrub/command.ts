import { Option, type Command } from 'commander';
import { withToolOptions, type ToolOptions } from '../tool-options.js';

export type ScrubberOptions = ToolOptions & {
  readonly daemon?: boolean;
  readonly nodaemon?: boolean;
  readonly restore?: string;
};

const HELP = `
Without --daemon and --restore it runs once and ends. A server scrubs by itself unless [scrubber] in_server = False.`;

/** `glance-scrubber`: what becomes of deleted images whose data waits. */
export function asScrubber(command: Command): Command {
  command
    .description('remove the data of deleted images whose time has come (delayed_delete, scrub_time), or bring such an image back')
    .option('-D, --daemon', 'do it again and again, every wakeup_time seconds')
    .addOption(new Option('--nodaemon').hideHelp())
    .option('--restore <image-id>', 'bring this image back from pending_delete, with all that it was');
  return withToolOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: ScrubberOptions) => {
      const { scrub } = await import('./scrub.js');
      process.exitCode = await scrub(options);
    });
}
