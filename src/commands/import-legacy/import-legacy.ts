import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { IMAGE_LIST } from '#images';
import { AdoptedDefinitions } from '#metadefs';
import { loadSettings, type Settings } from '#settings';
import { locationCipher, Stores } from '#stores';
import { withApplication } from '../../command-app.js';
import { Shutdown } from '../../shutdown.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { ImportLegacyOptions } from './command.js';
import { LegacyImport, type LegacyImportOptions } from './legacy-import.js';
import { schemaOf, type LegacySchema } from './legacy-schema.js';
import { OldIds } from './old-ids.js';
import { oldInstallation } from './old-installation.js';
import { OldKey } from './old-key.js';
import { progressBar } from './progress-bar.js';
import { jsonReport, textReport } from './report.js';
import type { ImportResult } from './result.js';
import type { LegacyDatabase } from './source/legacy-database.js';
import { openSource } from './source/open-source.js';

const NAME = 'afterimage-import-legacy';
const SOME_LEFT = 3;

/** Answers the exit code. */
export async function importLegacy(options: ImportLegacyOptions): Promise<number> {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool(NAME, loaded);
  const settings = withoutLimits(loaded.settings);
  const old = oldInstallation(options, settings.images.metadataEncryptionKey);
  const key = new OldKey(old.key);
  const database = await openSource(old.url);
  try {
    const schema = await schemaOf(database);
    const result = await withApplication(settings, (app) => run(app, settings, { database, schema, key, options, keepDeletedFor: settings.images.keepDeletedFor ?? old.keepDeletedFor ?? 0 }));
    return result.images.left === 0 ? 0 : SOME_LEFT;
  } finally {
    // It may have gone before us.
    await database.close().catch(() => undefined);
  }
}

/** Quotas are for what is to come: what projects have already was not asked of anybody. */
function withoutLimits(settings: Settings): Settings {
  const { keystoneLimits, ...others } = settings;
  return { ...(keystoneLimits ? others : settings), images: { ...settings.images, ownerLimits: {} } };
}

interface Source {
  readonly database: LegacyDatabase;
  readonly schema: LegacySchema;
  readonly key: OldKey;
  readonly options: ImportLegacyOptions;
  readonly keepDeletedFor: number;
}

async function run(app: INestApplicationContext, settings: Settings, { database, schema, key, keepDeletedFor, options: { dryRun = false, json } }: Source): Promise<ImportResult> {
  const stopped = new AbortController();
  void new Shutdown(() => undefined).requested.then(({ text }) => stopped.abort(new Error(`ended before it was done (${text}); run it again to go on`)));
  const report = (json ? jsonReport : textReport)((text) => process.stdout.write(text), database.place, dryRun);
  const bar = progressBar(process.stderr, schema.images + schema.namespaces);
  const { metadataEncryptionKey } = settings.images;
  const asked: LegacyImportOptions = {
    database, schema, dryRun, home: settings.site, signal: stopped.signal,
    tools: {
      key, keepDeletedFor, ids: await OldIds.of(database), stores: app.get(Stores, { strict: false }),
      encrypt: locationCipher(metadataEncryptionKey).encrypt, sealed: metadataEncryptionKey !== undefined,
    },
    found: (finding) => bar.aside(() => report.add(finding)),
    progress: (done) => bar.update(done),
  };
  try {
    const target = { bus: app.get(CommandBus, { strict: false }), images: app.get(IMAGE_LIST, { strict: false }), metadefs: app.get(AdoptedDefinitions, { strict: false }) };
    const result = await new LegacyImport(target, asked).run();
    bar.stop();
    report.end(result);
    return result;
  } finally {
    bar.stop();
  }
}
