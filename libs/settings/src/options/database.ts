import { formerly, optional } from '../option.js';
import { text } from '../oslo-types.js';

export const databaseOptions = {
  connection: optional(text(), formerly('database.sql_connection', 'DEFAULT.sql_connection', 'sql.connection')),
} as const;
