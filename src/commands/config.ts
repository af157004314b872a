import { loadSettings, settingsAsIni, settingsAsJson, type CommandLine } from '#settings';

export function showConfig(commandLine: CommandLine, json: boolean): void {
  const { resolved, warnings } = loadSettings({ commandLine });
  for (const warning of warnings) process.stderr.write(`WARNING: ${warning}\n`);
  process.stdout.write(json ? settingsAsJson(resolved) : settingsAsIni(resolved));
}
