import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { createSecureContext, getCACertificates } from 'node:tls';

export interface Tls {
  /** False: whoever answers is believed. */
  readonly verify: boolean;
  /** PEM certificates to trust instead of those of Node and of the system. */
  readonly authorities?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** `http:` and `https:` with a certificate authority of its own, which `fetch` has no way to say. Redirects are not followed. */
export class BriefHttp {
  private agent: Agent | undefined;

  constructor(
    private readonly tls: Tls,
    /** Bytes; a longer answer is an error. */
    private readonly longest: number,
    private readonly timeoutMs: number,
  ) {}

  async ask(method: 'GET' | 'DELETE', url: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer> {
    const until = AbortSignal.any([AbortSignal.timeout(this.timeoutMs), ...(signal ? [signal] : [])]);
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const options = { method, headers, signal: until, agent: secure ? this.httpsAgent() : undefined };
      const request = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        this.whole(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
      });
      request.on('error', reject).end();
    });
  }

  private async whole(answer: AsyncIterable<Buffer>): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer) {
      size += chunk.length;
      if (size > this.longest) throw new Error(`its answer is longer than ${this.longest} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private httpsAgent(): Agent {
    const ca = () => this.tls.authorities ?? [...getCACertificates('default'), ...getCACertificates('system')];
    return (this.agent ??= new Agent({ rejectUnauthorized: this.tls.verify, secureContext: createSecureContext({ ca: ca() }) }));
  }
}
