import { parseLegacyUrl, placeOf } from './legacy-url.js';

const server = { engine: 'mysql', host: 'db', port: undefined, user: 'glance', password: 'secret', database: 'glance', socket: undefined, ca: undefined };

describe('The URL of an old database', () => {
  it.each([
    ['mysql://glance:secret@db/glance', server],
    ['mysql+pymysql://glance:secret@db:3307/glance?charset=utf8', { ...server, port: 3307 }],
    ['mariadb+mariadbconnector://glance:secret@db/glance', server],
    ['mysql+pymysql://glance:p%2Fw%40@db/glance', { ...server, password: 'p/w@' }],
    ['mysql+pymysql://glance:a/b#c?d%@db/glance', { ...server, password: 'a/b#c?d%' }],
    ['mysql://glance@localhost/glance?unix_socket=/run/mysqld/mysqld.sock', { ...server, host: 'localhost', password: undefined, socket: '/run/mysqld/mysqld.sock' }],
    ['mysql://glance:secret@db/glance?ssl_ca=/etc/ca.pem', { ...server, ca: '/etc/ca.pem' }],
    ['postgresql+psycopg2://glance:secret@[::1]:5433/glance', { ...server, engine: 'postgresql', host: '::1', port: 5433 }],
    ['postgresql:///glance?host=/var/run/postgresql', { ...server, engine: 'postgresql', host: undefined, user: undefined, password: undefined, socket: '/var/run/postgresql' }],
    ['postgres://glance@/glance?host=db', { ...server, engine: 'postgresql', password: undefined }],
    ['sqlite:////var/lib/glance/glance.sqlite', { engine: 'sqlite', path: '/var/lib/glance/glance.sqlite' }],
    ['sqlite:///glance.sqlite', { engine: 'sqlite', path: 'glance.sqlite' }],
  ])('%s is understood as SQLAlchemy does', (url, place) => expect(parseLegacyUrl(url)).toEqual(place));

  it.each(['', 'glance', 'oracle://u:p@h/d', 'mysql://db', 'mysql://db/', 'sqlite://', 'sqlite:///', '/var/lib/glance.sqlite', 'mysql://u:pw@h:99999999/d'])('%j is refused with what to write', (url) => {
    expect(() => parseLegacyUrl(url)).toThrow(expect.objectContaining({ code: 'LegacyUrlInvalid', message: expect.stringContaining('sqlite:////') as string }));
  });

  it('is never shown with its password', () => {
    expect(() => parseLegacyUrl('oracle://u:hidden@h/d')).not.toThrow(/hidden/);
    expect(placeOf(parseLegacyUrl('mysql://glance:secret@db/glance'))).toBe('glance on db (MySQL)');
  });
});
