import { readFileSync } from 'node:fs';
import { fileValues } from '#settings';
import { LegacyUrlInvalid } from './import-legacy.errors.js';

export interface OldInstallation {
  readonly url: string;
  readonly key: string | undefined;
  /** Seconds (`scrub_time`), where its files say it. */
  readonly keepDeletedFor: number | undefined;
}

export interface OldInstallationOptions {
  readonly from?: string;
  readonly fromConfig?: string[];
  readonly fromKeyFile?: string;
}

/** Where the old database is and what opens its locations: said outright, or by the old service's own files. Without an own key that of this installation is tried. */
export function oldInstallation({ from, fromConfig = [], fromKeyFile }: OldInstallationOptions, ownKey: string | undefined): OldInstallation {
  const values = fileValues(fromConfig);
  const url = from ?? values('database', 'connection') ?? values('DEFAULT', 'sql_connection') ?? values('database', 'sql_connection');
  if (url === undefined) throw new LegacyUrlInvalid('', fromConfig.length > 0 ? `stands in none of the files (${fromConfig.join(', ')})` : 'is missing');
  const key = fromKeyFile === undefined ? values('DEFAULT', 'metadata_encryption_key') : readFileSync(fromKeyFile, 'utf8').trim();
  const scrubTime = values('DEFAULT', 'scrub_time');
  return { url, key: key ?? ownKey, keepDeletedFor: scrubTime !== undefined && /^\d{1,12}$/.test(scrubTime) ? Number(scrubTime) : undefined };
}
