import fc from 'fast-check';

const DEEP = 70;

/** Text that has hurt somebody: as it is, to be escaped by whoever puts it anywhere. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(
    '', ' ', '\0', 'a\0b', '\n', '\r\nInjected: yes', '\t', '\u007f', '\u0085', '\u2028', '\u202eexe', '\ufeffx', '\ufffd', '\uffff', 'e\u0301', '\u{1f4a9}', '\ud800', 'x\udc00',
    '.', '..', '../../etc/passwd', '..\\..', '/', '//', '%', '%00', '%2e%2e', '%s%n', '%(x)s', '{0}', '{{7*7}}', '${7*7}', '$where', '*', '?', '#', ';', '&a=b', '+', '~', '~1', '~2',
    "' OR 1=1--", '"; DROP TABLE images; --', '\\', '\\u0000', '`id`', '$(id)', '<script>alert(1)</script>', '</h1>', '<!--', ']]>', '\u001b[31m',
    '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'null', 'undefined', 'NaN', 'Infinity', 'true', '-0', '1e400', '0x10', '٣',
    '-1', '0', '1', '2147483648', '9007199254740993', '99999999999999999999999', '1.5', 'in:', 'in:"', 'in:a,"b', 'eq:', 'gt:', 'gte:x', '_min', 'a_max',
  ) },
  fc.constantFrom(254, 255, 256, 300).chain((length) => fc.constantFrom('x'.repeat(length), '\u{1f4a9}'.repeat(length), 'é'.repeat(length))),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Sent in every place where a client has something to hide; nothing may repeat it but an answer to him. */
export const SECRETS = { token: 'hostile-token-1f6e0c', service: 'hostile-service-5b21aa', password: 'hostile-password-93d7', encryption: 'hostile-key-0123' } as const;

export const WEB_URLS = (origin: string) => [
  `${origin}/a`, `${origin}/missing`, `${origin}/empty`, `${origin}/a#x`, origin.replace('//', `//user:${SECRETS.password}@`), `http://user:${SECRETS.password}@127.0.0.1:1/`,
  'http://127.0.0.1:1/closed', 'http://127.1/', 'http://0x7f000001/', 'http://2130706433/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/latest/meta-data/',
  'http://0.0.0.0/', 'http:///x', 'http://', 'http:', '//x', 'https://127.0.0.1/', 'http://nonesuch.invalid/', 'http://[zz]/', 'http://a b/', 'http://\0/', 'HTTP://127.0.0.1/',
  'file:///etc/passwd', 'filesystem:///etc/passwd', 'swift+config://ref/c/o', 'memory://x', 'rbd://x', 's3://a:b@c/d/e', 'cinder://x', 'gopher://x', 'javascript:alert(1)',
];

/** Pieces of JSON text that are none. */
const noJson = fc.constantFrom(
  '"\0"', '"\n"', '"', '"\\x41"', '"unterminated', "'single'", 'NaN', 'Infinity', '-Infinity', 'undefined', '01', '+1', '.5', '1.', '0x10', '1_000', '/*c*/1', '1//c', '[1,]', '{"a":1,}',
  '{a:1}', '{"a"}', '{1:2}', '[', '{', '}', ',', ':', '',
);

/** Pieces of JSON text; many that `JSON.stringify` never writes, some wrong. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(
    'null', 'true', 'false', '0', '-0', '-1', '1.0', '1.5', '1e3', '1e400', '-1e400', '1e-400', '5E-324', '2147483647', '2147483648', '-2147483649', '9007199254740993',
    '18446744073709551616', '1'.repeat(400), '""', '[]', '{}', '[[]]', '[{}]', '[null]', '[1]', '["a","a"]', '["a",null]', '{"a":null}', '{"":""}', '{"__proto__":{"x":1}}',
    '{"__proto__":null}', '{"constructor":{"prototype":{"x":1}}}', '{"toString":1}', '{"length":5}', '{"then":1}', '{"a":1,"a":2}', `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
    `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, '"\\u0000"', '"\\ud800"', '"\\udc00x"', '"\\ud83d\\udca9"', '"\\u202e"',
  ) },
  { weight: 8, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: noJson },
);
