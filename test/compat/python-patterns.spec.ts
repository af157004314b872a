import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { openPolicy, parsePropertyProtections, type Principal } from '#access';

/** Reads protection files with Python's own ConfigParser and `re`, as Glance does: what each role may read, or why nobody starts. */
const ASK = String.raw`
import configparser, json, re, sys, warnings
warnings.simplefilter('ignore')
def ask(text, names):
    config = configparser.ConfigParser()
    try:
        config.read_string(text)
        rules = [(re.compile(section), config.get(section, 'read')) for section in config.sections()]
    except Exception as error:
        return type(error).__name__
    first = lambda name: next((who for rule, who in rules if rule.search(name)), '')
    return [sorted(set(who.strip().lower() for who in first(name).split(','))) for name in names]
print(json.dumps([ask(*case) for case in json.load(sys.stdin)]))
`;

const ROLES = ['admin', 'member', 'reader'];
const NAMES = ['x_a', 'X_A', 'a', 'ab', 'b', 'größe', 'a b', 'x\ny', 'trait:HW_1', 'aab', '_', '0', 'os_distro', 'ſ', 'é', 'a]', '%', 'A', 'aa', 'x', '😀'];

function python(texts: readonly string[]): (string | string[][])[] {
  const asked = spawnSync('/usr/bin/python3', ['-c', ASK], { input: JSON.stringify(texts.map((text) => [text, NAMES])), encoding: 'utf8', timeout: 60_000, maxBuffer: 1e8 });
  expect(asked.stderr).toBe('');
  return JSON.parse(asked.stdout) as (string | string[][])[];
}

const policy = openPolicy({ legacy: false });
const principal = (role: string): Principal => ({ user: role, project: 'p', roles: [role], admin: false, service: null });

/** The same of ours: the roles that may read each name. */
function ours(text: string): string | string[][] {
  try {
    const protections = parsePropertyProtections(text, { file: 'f', format: 'roles' }, policy);
    return NAMES.map((name) => ROLES.filter((role) => protections.allows('read', name, principal(role))));
  } catch (error) {
    return String(error);
  }
}

const asRoles = (answer: string | string[][]): string | string[][] =>
  typeof answer === 'string' ? answer : answer.map((who) => ROLES.filter((role) => who.includes(role)));

const section = (name: string, who: string): string => `[${name}]\ncreate = @\nread = ${who}\nupdate = @\ndelete = @\n`;

/** Python serves these, and needs a matcher with memory for them. */
const UNSERVED = /not served|too large|nested/;

function compare(texts: readonly string[]): { refused: number; read: number } {
  const theirs = python(texts);
  let refused = 0;
  const different = texts.flatMap((text, n) => {
    const [mine, his] = [ours(text), asRoles(theirs[n] ?? 'no answer')];
    if (typeof mine === 'string' && UNSERVED.test(mine)) return [];
    if (typeof his === 'string') refused += 1;
    const same = typeof mine === 'string' || typeof his === 'string' ? typeof mine === typeof his : JSON.stringify(mine) === JSON.stringify(his);
    return same ? [] : [{ text, mine, his }];
  });
  expect(different).toEqual([]);
  return { refused, read: texts.length - refused };
}

it('fits names to regular expressions as Python does', () => {
  const piece = fc.constantFrom(
    'a', 'b', 'x_', 'A', 'é', 'ſ', '😀', '.', '^', '$', '|', '(', ')', '(?:', '(?i:', '(?-i:', '(?s:', '(?a:', '(?x:', '(?=', '(?!', '(?<=', '(?<!', '(?P<n>', '(?#', '*', '+', '?', '{2}', '{1,}', '{,2}', '{', '}', ',',
    '[', ']', '[^', '-', '[a-c]', '[^x]', '\\', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\b', '\\B', '\\A', '\\Z', '\\n', '\\x41', '\\u00e9', '\\0', '\\07', '\\101', '\\.', '\\q', '\\]', ' ', '#', '%', '0', '_', ':',
  );
  const source = fc.tuple(fc.constantFrom('', '', '', '(?i)', '(?x)', '(?s)', '(?m)', '(?a)', '(?im)', '(?i)(?a)'), fc.array(piece, { minLength: 1, maxLength: 7 })).map(([flags, parts]) => flags + parts.join(''));
  const texts = fc.sample(source, { numRuns: 6_000, seed: 43 }).map((name) => section(name, 'member') + section('.*', 'admin').replace('[.*]', '[(?s).*]'));
  const { refused, read } = compare(texts);
  expect(refused).toBeGreaterThan(1_000);
  expect(read).toBeGreaterThan(1_000);
}, 90_000);

it('reads the file as ConfigParser does', () => {
  const line = fc.constantFrom(
    '[a]', '[^x_.*]', '[b] ; rest', '[[ab]]', '[ a ]', '[DEFAULT]', '[default]', '[]', '[a', 'read = admin', 'READ: member', 'read', 'read =', '= admin', 'read=admin,member', '  reader', '\treader', ' , reader', '', '# read = admin', '  ; no',
    'read = admin ; reader', 'create = @', 'update = @', 'delete = @', 'create : @', 'who = member', 'read = %(who)s', 'read = %(WHO)s,admin', 'read = 100%', 'read = %%', 'read = %(read)s', 'read = %(none)s', '  [b]', ' who = admin', '\f', 'read = admin\r',
  );
  const whole = 'create = @\nupdate = @\ndelete = @\n';
  const text = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'));
  const texts = fc.sample(text, { numRuns: 6_000, seed: 43 }).flatMap((one) => [`[DEFAULT]\n${whole}[x]\nread = reader\n${one}\n`, `[DEFAULT]\n${whole}read = reader\n${one.replaceAll('[DEFAULT]', '[a|b]')}\n`]);
  const { refused, read } = compare(texts);
  expect(refused).toBeGreaterThan(1_000);
  expect(read).toBeGreaterThan(1_000);
}, 90_000);
