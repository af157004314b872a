import type { Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Reads HTTP/1.1 answers from a socket, one after the other, and is strict about their form. */
export class AnswerReader {
  private received: Buffer = Buffer.alloc(0);
  private over = false;
  private failure: NodeJS.ErrnoException | undefined;
  private wake: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, Buffer.from(chunk)]);
      this.wake();
    });
    socket.on('error', (error) => { this.failure ??= error; });
    socket.on('close', () => {
      this.over = true;
      this.wake();
    });
  }

  /** undefined where the connection ended instead. Answers that only ask for patience (1xx) are skipped. */
  async next(method: string): Promise<Answer | undefined> {
    const head = await this.head();
    if (!head) return undefined;
    if (head.status < 200) return this.next(method);
    return { ...head, body: await this.body(method, head.status, head.headers) };
  }

  /** Waits for the server's end; what it still says is not looked at. */
  async ended(): Promise<void> {
    while (await this.more()) this.received = Buffer.alloc(0);
  }

  private async head(): Promise<Omit<Answer, 'body'> | undefined> {
    let end: number;
    while ((end = this.received.indexOf('\r\n\r\n')) < 0) {
      if (await this.more()) continue;
      if (this.received.length > 0) throw new Error(`ended in the middle of a head: ${this.received.toString('latin1')}`);
      return undefined;
    }
    const [first = '', ...lines] = this.take(end + 4).subarray(0, -4).toString('latin1').split('\r\n');
    const [, status, reason] = /^HTTP\/1\.1 (\d{3}) ([\x20-\x7e]*)$/.exec(first) ?? [];
    if (status === undefined || reason === undefined) throw new Error(`not an answer: ${first}`);
    return { status: Number(status), reason, headers: new Map(lines.map(field)) };
  }

  private async body(method: string, status: number, headers: ReadonlyMap<string, string>): Promise<Buffer> {
    if (method === 'HEAD' || status === 204 || status === 304) return Buffer.alloc(0);
    if (headers.get('transfer-encoding') === 'chunked') return this.chunks();
    const length = headers.get('content-length');
    if (length !== undefined) return this.bytes(Number(length));
    while (await this.more());
    return this.take(this.received.length);
  }

  private async chunks(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      while (!this.received.includes('\r\n')) if (!(await this.more())) throw new Error('ended in the middle of a chunk');
      const size = Number.parseInt(this.take(this.received.indexOf('\r\n') + 2).toString('latin1'), 16);
      parts.push((await this.bytes(size + 2)).subarray(0, -2));
      if (size === 0) return Buffer.concat(parts);
    }
  }

  private async bytes(count: number): Promise<Buffer> {
    while (this.received.length < count) if (!(await this.more())) throw new Error(`ended ${count - this.received.length} bytes before its end`);
    return this.take(count);
  }

  private take(count: number): Buffer {
    const taken = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return taken;
  }

  /** False at the end of the connection. A reset after the answer is an end; silence is an error. */
  private async more(): Promise<boolean> {
    const before = this.received.length;
    while (!this.over && this.received.length === before) await new Promise<void>((resolve) => { this.wake = resolve; });
    if (this.received.length > before) return true;
    if (this.failure && this.failure.code === undefined) throw this.failure;
    return false;
  }
}

function field(line: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a header: ${line}`);
  return [name.toLowerCase(), value];
}
