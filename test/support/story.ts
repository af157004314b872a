import { eventually } from './eventually.js';
import { testDatabase, type TestDatabase } from './postgres.js';
import { PythonClients, type Client } from './python-clients.js';
import { Server } from './server.js';

/** Tokens of the test authentication, `user:project:roles`: two projects, one reader, and who runs the cloud. */
export const TOKENS = {
  alice: 'alice:red:member,reader',
  rita: 'rita:red:reader',
  bob: 'bob:blue:member,reader',
  carol: 'carol:green:member,reader',
  root: 'root:operators:admin,member,reader',
};
export type Person = keyof typeof TOKENS;

/** The defaults: it starts a PostgreSQL of its own, and nobody authenticates. Other settings share the suite's PostgreSQL, which is there sooner. */
export const EMBEDDED = '';
export const FAKEAUTH = '[paste_deploy]\nflavor = fakeauth\n';

/** One command of a story and what it must print. */
export interface Step {
  /** A sentence that the step shows to be true. */
  readonly title: string;
  /** alice, where nobody is named. */
  readonly as?: Person;
  /** Parts with spaces stand in single quotes. */
  readonly run: string;
  readonly input?: string;
  /** Exit code; 0 where none is given. */
  readonly code?: number;
  /** Rows of the table that is printed. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Parts of the output, in this order. */
  readonly says?: readonly string[];
  readonly hides?: readonly string[];
  /** Typed again until it is so: what it looks at is done in the background. */
  readonly soon?: boolean;
}

export interface Typed {
  readonly client: Client;
  readonly argv: readonly string[];
}

type Type = (server: Server, step: Step) => Typed;
type Prepare = (server: Server) => Promise<(() => Promise<void>) | void>;

/** Has each step typed at a server with these settings, as a test: the embedded default as it is, all others on PostgreSQL and again on the memory drivers. */
export function tell(conf: string, steps: readonly Step[], type: Type, prepare?: Prepare): void {
  if (conf === EMBEDDED) return tellOn({ conf, memory: false }, steps, type, prepare);
  describe.each([{ conf, memory: false }, { conf, memory: true }])('(memory drivers: $memory)', (site) => tellOn(site, steps, type, prepare));
}

/** The later steps need the earlier ones. */
function tellOn({ conf, memory }: { conf: string; memory: boolean }, steps: readonly Step[], type: Type, prepare?: Prepare): void {
  let database: TestDatabase | undefined;
  let server: Server;
  let clients: PythonClients;
  let tidy: (() => Promise<void>) | void;

  beforeAll(async () => {
    if (conf !== EMBEDDED && !memory) database = await testDatabase();
    server = await Server.start({ memory, conf: database === undefined ? conf : `${conf}\n[database]\nconnection = ${database.url}\n` });
    tidy = await prepare?.(server);
    clients = PythonClients.start(server.stateDir);
  }, 60_000);
  afterAll(async () => {
    await clients.stop();
    await tidy?.();
    await server.dispose();
    await database?.drop();
  }, 60_000);

  const check = async (step: Step) => {
    const { client, argv } = type(server, step);
    const { code, stdout, stderr } = await clients.run(client, argv, step.input);
    const said = `${stdout}\n${stderr}`;
    expect({ code, said }).toEqual({ code: step.code ?? 0, said });
    expect(fieldsOf(said)).toMatchObject(step.fields ?? {});
    expectInOrder(said, step.says ?? []);
    for (const part of step.hides ?? []) expect(said).not.toContain(part);
  };

  it.each(steps)('$title', (step) => (step.soon === true ? eventually(() => check(step), 45_000) : check(step)), 60_000);
}

/** `glance` as it is typed where no Keystone is: the address, a token, and an auth URL that is never called. */
export const glance = (server: Server, { as = 'alice', run }: Step): Typed => ({
  client: 'glance',
  argv: ['--os-image-url', server.url, '--os-auth-token', TOKENS[as], '--os-auth-url', `${server.url}/v3`, ...words(run)],
});

export const words = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** The two-column table that the clients print of one thing. */
export const fieldsOf = (said: string) => Object.fromEntries([...said.matchAll(/^\| (\S[^|]*?) +\| (.*?) *\|$/gm)].map(([, name, value]) => [name, value]));

export function expectInOrder(said: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    expect(said.slice(from)).toContain(part);
    from = said.indexOf(part, from) + part.length;
  }
}
