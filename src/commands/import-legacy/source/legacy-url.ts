import { redactUrls } from '#settings';
import { LegacyUrlInvalid } from '../import-legacy.errors.js';

export interface ServerPlace {
  readonly engine: 'mysql' | 'postgresql';
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  /** A socket instead of a host: a file for MySQL, its folder for PostgreSQL. */
  readonly socket: string | undefined;
  /** Certificate of the authority, where the connection is to be encrypted. */
  readonly ca: string | undefined;
}

export interface FilePlace {
  readonly engine: 'sqlite';
  readonly path: string;
}

const FORM = /^(?<dialect>[a-z0-9]+)(?:\+[a-z0-9_]+)?:\/\/(?:(?<user>[^:/@]*)(?::(?<password>[^@]*))?@)?(?<host>\[[^\]]*\]|[^:/?]*)(?::(?<port>\d{1,5}))?(?:\/(?<rest>.*))?$/is;

/** As SQLAlchemy reads it, which is laxer than a URL: a password may have `/`, `?` and `#` in it. */
export function parseLegacyUrl(text: string): ServerPlace | FilePlace {
  const { dialect = '', user, password, host, port, rest = '' } = FORM.exec(text.trim())?.groups ?? {};
  const shown = redactUrls(text);
  switch (dialect.toLowerCase()) {
    case 'sqlite':
      if (rest === '' || host) throw new LegacyUrlInvalid(shown, 'it names no file');
      return { engine: 'sqlite', path: rest.split('?')[0] ?? rest };
    case 'mysql':
    case 'mariadb':
      return server('mysql', { shown, user, password, host, port, rest });
    case 'postgres':
    case 'postgresql':
      return server('postgresql', { shown, user, password, host, port, rest });
    case '':
      throw new LegacyUrlInvalid(shown, 'it is no URL');
    default:
      throw new LegacyUrlInvalid(shown, `${dialect} is no database that can be read`);
  }
}

interface Parts {
  readonly shown: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly rest: string;
}

function server(engine: ServerPlace['engine'], { shown, user, password, host, port, rest }: Parts): ServerPlace {
  const [database = '', query = ''] = rest.split('?');
  if (database === '') throw new LegacyUrlInvalid(shown, 'it names no database');
  const options = new URLSearchParams(query);
  const named = options.get('host') ?? undefined;
  const socket = options.get('unix_socket') ?? (named?.startsWith('/') ? named : undefined);
  return {
    engine, database: plain(database), socket,
    host: host?.replace(/^\[|\]$/g, '') || (socket === undefined ? named : undefined) || undefined,
    port: port === undefined ? undefined : Number(port),
    user: user === undefined ? undefined : plain(user),
    password: password === undefined ? undefined : plain(password),
    ca: options.get('ssl_ca') ?? options.get('sslrootcert') ?? undefined,
  };
}

/** A `%` that begins no code stands for itself, as in Python. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}

export const placeOf = (place: ServerPlace | FilePlace): string =>
  place.engine === 'sqlite' ? place.path : `${place.database} on ${place.socket ?? place.host ?? 'localhost'} (${place.engine === 'mysql' ? 'MySQL' : 'PostgreSQL'})`;
