/** Why nothing, or no more, can be imported. Each says what to do about it. */
export class LegacyUrlInvalid extends Error {
  readonly code = 'LegacyUrlInvalid';
  constructor(url: string, why: string) {
    super(`${url === '' ? 'The URL of the old database' : `The old database cannot be ${url}`}: ${why}. Give it as [database] connection has it: mysql+pymysql://USER:PASSWORD@HOST/glance, postgresql://USER:PASSWORD@HOST/glance or sqlite:////PATH/glance.sqlite`);
  }
}

export class LegacyDatabaseUnreachable extends Error {
  readonly code = 'LegacyDatabaseUnreachable';
  constructor(place: string, why: string) {
    super(`The old database ${place} cannot be read: ${why}. Check address, user and password; the database server must run, Glance need not`);
  }
}

export class LegacySchemaUnknown extends Error {
  readonly code = 'LegacySchemaUnknown';
  constructor(place: string, why: string) {
    super(`${place} is not the database of a Glance: ${why}. Name the database that [database] connection of the old glance-api.conf names (glance-registry.conf before Queens)`);
  }
}

export class LegacyKeyWrong extends Error {
  readonly code = 'LegacyKeyWrong';
  constructor(imageId: string, given: boolean) {
    const why = given ? 'and the key that was given does not open it' : 'and no key was given';
    super(`The location of image ${imageId} is encrypted, ${why}. Give the metadata_encryption_key of the old installation: with --from-config and its glance-api.conf, or with --from-key-file and a file that holds nothing else`);
  }
}
