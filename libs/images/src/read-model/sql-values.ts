export interface Statement {
  /** Named ones are prepared and keep a plan that does not look at the values. */
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Collects the values of a statement; gives the text that stands for each. */
export class SqlValues {
  readonly all: unknown[] = [];

  readonly put = (value: unknown, type: string): string => {
    this.all.push(value);
    return `$${this.all.length}::${type}`;
  };
}

export type Put = SqlValues['put'];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** PostgreSQL reads more spellings of a UUID than an image's id has. */
export const isUuid = (id: string): boolean => UUID.test(id);
