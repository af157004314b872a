import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Settings } from '#settings';
import { DatabaseServer } from './database.js';
import { postgresPersistence, type DatabaseAt } from './persistence.js';
import { open } from './start-app.js';

/**
 * For commands that end: gives the services of the settings' database and stores, and of what parts they want besides. A server
 * may run beside it; the PostgreSQL of a state folder is started for the time of the work where none does.
 */
export async function withApplication<T>(
  settings: Settings, work: (app: INestApplicationContext, database: DatabaseAt) => Promise<T>, parts: (database: DatabaseAt) => readonly DynamicModule[] = () => [],
): Promise<T> {
  const database = new DatabaseServer();
  const kill = () => database.kill();
  process.on('exit', kill);
  try {
    const at = await database.join(settings);
    const { persistence, root } = await open(settings, () => postgresPersistence(at, 'command'));
    try {
      const app = await NestFactory.createApplicationContext(root(parts(at)), { abortOnError: false });
      try {
        return await work(app, at);
      } finally {
        await app.close();
      }
    } finally {
      await persistence.close();
    }
  } finally {
    await database.stop();
    process.off('exit', kill);
  }
}
