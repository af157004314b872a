import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { answerToken, startIdentity, tokenBody, type Identity } from './identity.fixture.js';
import { KeystoneSession } from './session.js';
import { TokenValidator } from './token-validator.js';

type Validate = Parameters<typeof startIdentity>[0];

describe('The validation of tokens', () => {
  let identity: Identity;
  let session: KeystoneSession;
  beforeAll(() => Logger.overrideLogger(false));
  afterEach(async () => {
    await session.close();
    await identity.close();
  });

  async function validator(validate: Validate, { cacheSeconds = 300, login }: { cacheSeconds?: number; login?: Validate } = {}): Promise<TokenValidator> {
    identity = await startIdentity(validate, login);
    session = new KeystoneSession(identity.connection);
    return new TokenValidator(session, { cacheSeconds });
  }
  const validations = () => identity.asked.filter((one) => one.startsWith('GET')).length;
  const good: Validate = (_request, response) => answerToken(response);

  it('asks once for all who wait with the same token, and once for the service itself', async () => {
    const tokens = await validator((_request, response) => void setTimeout(() => answerToken(response), 50));
    const found = await Promise.all(Array.from({ length: 50 }, () => tokens.validate('t')));
    expect(found.every((token) => token?.user === 'u1')).toBe(true);
    expect(identity.asked).toEqual(['POST /v3/auth/tokens', 'GET /v3/auth/tokens']);
  });

  it('remembers an answer, and asks each time where nothing may be remembered', async () => {
    let tokens = await validator(good);
    await tokens.validate('t');
    await tokens.validate('t');
    expect(validations()).toBe(1);
    await identity.close();
    await session.close();
    tokens = await validator(good, { cacheSeconds: -1 });
    await tokens.validate('t');
    await tokens.validate('t');
    expect(validations()).toBe(2);
  });

  it('ends with the token, whatever is remembered', async () => {
    const soon = new Date(Date.now() + 300).toISOString();
    const tokens = await validator((_request, response) => answerToken(response, tokenBody({ expires_at: soon })));
    expect(await tokens.validate('t')).toMatchObject({ user: 'u1' });
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(await tokens.validate('t')).toBeUndefined();
  });

  it('takes a token that has ended where a service vouches for it, and does not remember it for others', async () => {
    const past = new Date(Date.now() - 1000).toISOString();
    const tokens = await validator((_request, response) => answerToken(response, tokenBody({ expires_at: past })));
    expect(await tokens.validate('t', true)).toMatchObject({ user: 'u1' });
    expect(await tokens.validate('t')).toBeUndefined();
    expect(identity.asked.filter((one) => one.includes('allow_expired=1'))).toHaveLength(1);
  });

  it('answers a wrong token without asking again at once, however many there are of right ones', async () => {
    const tokens = await validator((request, response) => (request.headers['x-subject-token'] === 'right' ? answerToken(response) : void response.writeHead(404).end('{}')));
    await tokens.validate('right');
    for (let n = 0; n < 3; n += 1) expect(await tokens.validate('wrong')).toBeUndefined();
    expect(validations()).toBe(2);
    await tokens.validate('right');
    expect(validations()).toBe(2);
  });

  it.each([
    ['answers 500', (_request, response) => void response.writeHead(500).end('no')],
    ['answers 403: the service may not validate', (_request, response) => void response.writeHead(403).end('{}')],
    ['answers 401 to the service, also with a new token', (_request, response) => void response.writeHead(401).end('{}')],
    ['answers what is no token', (_request, response) => void response.writeHead(200).end('<html>')],
    ['answers a token without a user', (_request, response) => answerToken(response, tokenBody({ user: null }))],
    ['answers without end', (_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
      };
      response.on('drain', more);
      more();
    }],
    ['cuts the connection', (request) => void request.socket.destroy()],
    ['never answers', () => undefined],
  ] satisfies [string, Validate][])('cannot say whose a token is where Keystone %s, and asks again the next time', async (_what, validate: Validate) => {
    let broken = true;
    const tokens = await validator((request, response, n) => (broken ? validate(request, response, n) : answerToken(response)));
    await expect(tokens.validate('t')).rejects.toMatchObject({ code: 'KeystoneUnavailable', headers: { 'retry-after': '5' } });
    broken = false;
    expect(await tokens.validate('t')).toMatchObject({ user: 'u1' });
  }, 20_000);

  it('gets a new token for the service where its own is not taken any more', async () => {
    const tokens = await validator((_request, response, n) => (n === 1 ? void response.writeHead(401).end('{}') : answerToken(response)));
    expect(await tokens.validate('t')).toMatchObject({ user: 'u1' });
    expect(identity.asked.filter((one) => one.startsWith('POST'))).toHaveLength(2);
  });

  it('is refused for everybody, with 503 and not 401, where the service\'s own credentials are wrong', async () => {
    const tokens = await validator(good, { login: (_request, response) => void response.writeHead(401).end('{}') });
    await expect(tokens.validate('t')).rejects.toMatchObject({ code: 'KeystoneUnavailable' });
  });

  it('never asks for what cannot be a token, whatever it is', async () => {
    const tokens = await validator(good);
    for (const text of ['', ' ', 'a b', 'a\r\nX-Roles: admin', 'a\0b', 'ü', 'x'.repeat(65_537)]) expect(await tokens.validate(text)).toBeUndefined();
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      if (!/^[\x21-\x7e]+$/.test(text.trim())) expect(await tokens.validate(text)).toBeUndefined();
    }));
    expect(identity.asked).toEqual([]);
  });

  it('reads roles without case, the scope of the whole system, and the rules of an application credential', async () => {
    const rules = [{ service: 'image', method: 'GET', path: '/v2/images' }];
    const tokens = await validator((_request, response) => answerToken(response, tokenBody({
      project: undefined, system: { all: true }, roles: [{ name: 'ADMIN' }, { name: 'Reader' }, { id: 'nameless' }, 7], application_credential: { id: 'a', access_rules: rules },
      catalog: [{ type: 'image', name: 'glance', endpoints: [{ interface: 'public', region_id: 'here', url: 'http://i' }] }, null],
    })));
    expect(await tokens.validate('t')).toMatchObject({ project: null, systemScope: 'all', roles: ['admin', 'reader'], accessRules: rules, catalog: [{ type: 'image', endpoints: [{ url: 'http://i' }] }] });
  });
});
