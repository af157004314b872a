import fc from 'fast-check';
import { BadPolicyFile } from './policy-file.errors.js';
import { parsePolicyFile } from './policy-file.js';

const read = (content: string) => {
  const told: string[] = [];
  const rules = parsePolicyFile(content, '/etc/policy.yaml', (text) => told.push(text));
  return { rules, told, texts: Object.fromEntries(rules.map(({ name, text }) => [name, text])) };
};
const holds = (content: string, roles: string[]) => read(content).rules[0]?.parsed.check({ roles }, {}, () => false);

describe('A policy file', () => {
  it.each([
    ['YAML', 'a: role:x\n"b": "rule:a"\n', { a: 'role:x', b: 'rule:a' }],
    ['JSON', '{"a": "role:x", "b": "rule:a"}', { a: 'role:x', b: 'rule:a' }],
    ['JSON with tabs', '{\n\t"a": "",\n\t"b": [\n\t\t["role:x"]\n\t]\n}\n', { a: '', b: 'role:x' }],
    ['text of several lines', 'a: >-\n  role:x\n  or role:y\nb: "role:x\n  or role:y"\n', { a: 'role:x or role:y', b: 'role:x or role:y' }],
    ['rules without text', 'a:\nb: ""\nc: ~\nd: []\n', { a: '', b: '', c: '', d: '' }],
    ['lists', 'a: [["role:x"], ["role:y", "rule:z"]]\nb: ["role:x", "@"]\nc: [[]]\nd: [[], ["role:x"]]', { a: 'role:x or (role:y and rule:z)', b: 'role:x or @', c: '!', d: 'role:x' }],
    ['comments', '# nothing\n"a": "!"  # nobody\n', { a: '!' }],
    ['anchors', 'a: &all "role:x"\nb: *all\n', { a: 'role:x', b: 'role:x' }],
    ['other letters', 'правило: "role:Ünïcødé🙂"\n', { правило: 'role:Ünïcødé🙂' }],
    ['lines of Windows, and a byte order mark', '\ufeffa: role:x\r\nb: role:y\r\n', { a: 'role:x', b: 'role:y' }],
  ])('may be %s', (_what, content, expected) => expect(read(content).texts).toEqual(expected));

  it.each([[''], ['  \n'], ['# only a comment\n'], ['{}'], ['[]'], ['---\n'], ['null'], ['""']])('holds no rule: %j', (content) => expect(read(content).rules).toEqual([]));

  it('reads lists as oslo.policy does', () => {
    const list = 'a: [["role:x"], ["role:y", "role:z"]]';
    expect([['x'], ['y'], ['y', 'z'], ['z']].map((roles) => holds(list, roles))).toEqual([true, false, true, false]);
    expect([holds('a: []', []), holds('a: [[]]', []), holds('a: [["role:two words"]]', ['two words']), holds('a: ["!", "@"]', [])]).toEqual([true, false, true, true]);
  });

  it('takes the last of two rules with one name, and tells', () => {
    expect(read('a: role:x\nb: role:y\na: role:z\n')).toMatchObject({ texts: { a: 'role:z', b: 'role:y' }, told: [expect.stringContaining('the rule a stands twice, at /etc/policy.yaml:1 and /etc/policy.yaml:3')] });
  });

  it('knows where a rule stands', () => expect(read('\n\na: role:x\nb: role:y\n').rules.map(({ origin }) => origin)).toEqual(['/etc/policy.yaml:3', '/etc/policy.yaml:4']));

  it.each([
    ['a: role:x\nb: role:admin or\n', '2:17: rule b: a check is missing'],
    ['a: "role:x)"\n', "1:11: rule a: ')' is not expected here"],
    ['{"a": "role:x",\n "b": "nonsense"}', "2:8: rule b: 'nonsense' is not a check like role:admin"],
    ['a: >\n  role:x\n  nonsense\n', "1:4: rule a: 'nonsense' is not expected here (character 8 of its text)"],
    ['a: "role:\\u0061 b"\n', "1:4: rule a: 'b' is not expected here (character 8 of its text)"],
    ['a: [["role:x"],\n    ["nonsense"]]', "2:6: rule a: 'nonsense' is not a check"],
    ['a: http://example.org/%(owner)s', '1:4: rule a: remote checks (http:) are not supported'],
    ['a: https://example.org/', '1:4: rule a: remote checks (https:) are not supported'],
    ['a: !', "1:5: rule a: without quotes YAML takes an exclamation mark for a tag: write '!' in quotes"],
    ['a: ! role:x', '1:6: rule a: without quotes'],
    ['a: @', '1:4: it is not YAML: Plain value cannot start with reserved character @'],
    ['a: role: x', '1:4: it is not YAML'], ['a:\n\tb', '2:1: it is not YAML'], ['a: [', '1:5: it is not YAML'], ['a: role:x\n---\nb: role:y', '2:1: it is not YAML'],
    ['a: 5', '1:4: rule a: a rule must be text'], ['a: true', '1:4: rule a: a rule must be text'], ['a: {b: c}', '1:4: rule a: a rule is text, or a list'], ['a: [[["role:x"]]]', '1:6: rule a: a rule is text, or a list'],
    ['a: [5]', '1:5: rule a: a rule must be text'],
    ['5: role:x', '1:1: the name of a rule must be text'], ['- a', '1:1: it must be a map'], ['hello', '1:1: it must be a map'],
    ['a: *nowhere', '1:4: rule a: nothing before it is called &nowhere'],
  ])('%j is refused: %s', (content, message) => expect(() => read(content)).toThrow(`policy file /etc/policy.yaml:${message}`));

  it.each([
    ['parentheses in each other', `a: "${'('.repeat(10_000)}role:x${')'.repeat(10_000)}"`, 'rule a: it is nested more than 100 deep'],
    ['not not not', `a: "${'not '.repeat(10_000)}role:x"`, 'rule a: it is nested more than 100 deep'],
    ['lists in each other', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'it is nested too deeply'],
    ['maps in each other', Array.from({ length: 3000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), 'it is nested too deeply'],
    ['a billion laughs', ['a: &a ["role:x"]', ...Array.from({ length: 9 }, (_, n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${Array(10).fill(`*${'abcdefghi'[n]}`).join(', ')}]`)].join('\n'), 'a rule is text, or a list'],
    ['many aliases', `a: &a ["role:x"]\nb: [${Array(1000).fill('*a').join(', ')}]`, 'more than 100 references'],
  ])('is refused without harm where it has %s', (_what, content, message) => expect(() => read(content)).toThrow(message));

  it('may hold a rule of a megabyte', () => {
    const text = `${'role:x or '.repeat(100_000)}role:y`;
    expect(holds(`a: "${text}"`, ['y'])).toBe(true);
    expect(() => read(`a: ${text} or`)).toThrow(`policy file /etc/policy.yaml:1:${text.length + 7}: rule a: a check is missing`);
  });

  it.each(['%(', "'", '"', '%(a', "%()s", ':', 'a:%(', '(', ')'])('is read or refused in no time where a megabyte of it is %p', (part) => {
    const content = `a: ${JSON.stringify(`x:${part.repeat(1_000_000 / part.length)}`)}`;
    try {
      expect(holds(content, [])).toBe(false);
    } catch (error) {
      expect(error).toBeInstanceOf(BadPolicyFile);
    }
  });

  it('is read or refused, whatever it is', () => {
    const words = fc.constantFrom('a', ': ', '\n', 'role:x', '"', "'", '[', ']', '{', '}', ',', '- ', '&a ', '*a', '!', '@', '|', '>', '#', ' ', '\t', '? ', '%', '---\n', '\u0000', '(', ')', 'not ', 'null', '5');
    fc.assert(fc.property(fc.array(words, { maxLength: 20 }).map((all) => all.join('')), (content) => {
      try {
        expect(read(content).rules.every(({ text }) => typeof text === 'string')).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(BadPolicyFile);
      }
    }));
  });
});
