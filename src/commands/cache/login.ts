import { Logger } from '@nestjs/common';
import { KeystoneSession, KeystoneUnavailable } from '#access';
import type { Login } from './cache-client.js';
import { CacheRequestFailed } from './cache.errors.js';

export interface LoginOptions {
  readonly token?: string;
  readonly strategy?: string;
  readonly authUrl?: string;
  readonly username?: string;
  readonly password?: string;
  readonly projectId?: string;
  readonly projectName?: string;
  readonly userDomainId: string;
  readonly projectDomainId: string;
  readonly insecure: boolean;
  /** A PEM file. */
  readonly caFile?: string;
}

const PATIENCE_MS = 30_000;

/** A given token, a login at Keystone, or neither, for hosts where nobody authenticates. Wrong options fail when a token is wanted. */
export class CommandLineLogin implements Login {
  private session: KeystoneSession | undefined;

  constructor(private readonly options: LoginOptions) {}

  async token(anew: boolean): Promise<string | undefined> {
    if (this.options.token !== undefined && (!anew || !this.atKeystone)) return this.options.token;
    if (!this.atKeystone) return undefined;
    try {
      if (anew) await this.close();
      this.session ??= this.open();
      return await this.session.token();
    } catch (error) {
      throw error instanceof KeystoneUnavailable ? new CacheRequestFailed(`No token could be had from Keystone at ${this.options.authUrl}: ${error.reason}`, undefined, { cause: error }) : error;
    }
  }

  async close(): Promise<void> {
    await this.session?.close();
    this.session = undefined;
  }

  private get atKeystone(): boolean {
    const { strategy, authUrl, username, token } = this.options;
    if (strategy !== undefined && strategy !== 'keystone' && strategy !== 'noauth') throw new CacheRequestFailed(`Unknown auth strategy '${strategy}'`);
    if (strategy === 'noauth') return false;
    if (authUrl !== undefined) return token === undefined || username !== undefined;
    if (strategy === undefined) return false;
    throw new CacheRequestFailed('--os_auth_url option or OS_AUTH_URL environment variable required when keystone authentication strategy is enabled');
  }

  private open(): KeystoneSession {
    const { authUrl = '', projectId, userDomainId, projectDomainId, insecure, caFile } = this.options;
    const username = required('username', this.options.username);
    const password = required('password', this.options.password);
    const project = projectId === undefined ? { name: required('project', this.options.projectName), domainId: projectDomainId } : { id: projectId };
    // What it logs is told by the tool itself.
    Logger.overrideLogger(false);
    return new KeystoneSession({
      authUrl,
      credentials: { kind: 'password', user: { name: username, domainId: userDomainId }, password, scope: { project } },
      tls: { insecure, ...(caFile === undefined ? {} : { caFile }) },
      timeoutMs: PATIENCE_MS,
      retries: 0,
    });
  }
}

function required(what: string, value: string | undefined): string {
  if (value === undefined) throw new CacheRequestFailed(`Missing required credential: ${what}`);
  return value;
}
