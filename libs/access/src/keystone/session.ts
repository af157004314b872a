import { Logger } from '@nestjs/common';
import { authRequest, type KeystoneConnection } from './connection.js';
import { KeystoneHttp, type KeystoneAnswer, type KeystoneRequest } from './keystone-http.js';
import { KeystoneUnavailable } from './keystone.errors.js';
import { endpointIn, tokenOf, type KeystoneToken } from './token.js';

/** A token that ends sooner is not used any more. */
const RENEW_BEFORE_MS = 60_000;
/** A short-lived token is used for most of its life all the same. */
const RENEW_AT = 0.8;

interface Own {
  readonly id: string;
  readonly token: KeystoneToken;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The service itself at Keystone: gets a token with its own credentials, once for all who wait, and anew before it ends. */
export class KeystoneSession {
  private readonly http: KeystoneHttp;
  private readonly log = new Logger('Keystone');
  private own: Own | undefined;
  private getting: Promise<Own> | undefined;

  /** Fails where a certificate file cannot be read. */
  constructor(private readonly connection: KeystoneConnection) {
    this.http = new KeystoneHttp(connection);
  }

  /** With the service's token; one that Keystone does not take any more is replaced once. */
  async request(asked: KeystoneRequest): Promise<KeystoneAnswer> {
    const first = await this.current();
    const answer = await this.send(asked, first);
    if (answer.status !== 401) return answer;
    if (this.own === first) this.own = undefined;
    return this.send(asked, await this.current());
  }

  get(path: string): Promise<KeystoneAnswer> {
    return this.request({ method: 'GET', path });
  }

  /** From the service's own catalog. */
  async endpoint(type: string, wanted: { readonly interface: string; readonly region?: string; readonly name?: string }): Promise<string | undefined> {
    const { region } = this.connection;
    const { token } = await this.current();
    return endpointIn(token.catalog, type, { ...(region === undefined ? {} : { region }), ...wanted });
  }

  async token(): Promise<string> {
    return (await this.current()).id;
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private send(asked: KeystoneRequest, { id }: Own): Promise<KeystoneAnswer> {
    return this.http.ask({ ...asked, headers: { 'x-auth-token': id, ...asked.headers } });
  }

  private async current(): Promise<Own> {
    if (this.own && this.own.until > Date.now()) return this.own;
    this.getting ??= this.authenticate().finally(() => (this.getting = undefined));
    return this.getting;
  }

  private async authenticate(): Promise<Own> {
    const asked = Date.now();
    const answer = await this.http.ask({ method: 'POST', path: '/auth/tokens', body: authRequest(this.connection.credentials) });
    const id = answer.header('x-subject-token');
    const token = tokenOf(answer.body);
    if (answer.status !== 201 || id === undefined || !token) {
      this.log.error(`Keystone does not take the service's own credentials (it answered ${answer.status}): look at the user, its password and its project in the configuration`);
      throw new KeystoneUnavailable(`it answered ${answer.status} to the service's own credentials`);
    }
    const life = token.expiresAt - asked;
    this.own = { id, token, until: asked + Math.max(life - RENEW_BEFORE_MS, life * RENEW_AT) };
    return this.own;
  }
}

export const KEYSTONE_SESSION = Symbol('KeystoneSession');
