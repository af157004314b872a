import type { PolicyOptions } from '#access';
import { loadSettings } from '#settings';
import { commandLine, type ConfigOptions } from './config-options.js';

/** What the configuration says of the policy; its warnings go to standard error, like those that are told later. */
export function policyOptions(options: ConfigOptions): PolicyOptions {
  const { settings, warnings } = loadSettings({ commandLine: commandLine(options) });
  warnings.forEach(warn);
  return settings.policy;
}

export const warn = (text: string): void => void process.stderr.write(`WARNING: ${text}\n`);
