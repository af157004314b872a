import { request } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from '../support/run.js';

const SECONDS = 3;
const CONNECTIONS = 16;
const MIB = 1024 * 1024;

/** Requests a second that `wrk` (Debian) gets through; a body makes it a POST. */
export async function requestsPerSecond(url: string, body?: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const script = join(tmpdir(), `afterimage-wrk-${process.pid}.lua`);
  const post = body === undefined ? '' : `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[${body}]==]\n`;
  await writeFile(script, post);
  const out = await succeed('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), '-s', script, url]);
  if (out.includes('Non-2xx')) throw new Error(`${url} answered with errors:\n${out}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]);
}

/** Seconds to send so many bytes and get the answer. */
export async function uploadSeconds(url: string, size: number): Promise<number> {
  const chunk = Buffer.alloc(MIB, 'afterimage');
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const put = request(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'content-length': size } }, (response) => {
      response.resume();
      if (response.statusCode === 204) response.on('end', resolve);
      else reject(new Error(`${url} answered ${response.statusCode}`));
    });
    put.on('error', reject);
    let left = size;
    const send = () => {
      while (left > 0) {
        const piece = left < MIB ? chunk.subarray(0, left) : chunk;
        left -= piece.length;
        if (!put.write(piece)) return void put.once('drain', send);
      }
      put.end();
    };
    send();
  });
  return (performance.now() - started) / 1000;
}

/** Seconds until the last byte is here, read by curl, which is cheaper than a Node client. */
export async function downloadSeconds(url: string): Promise<number> {
  return Number(await succeed('curl', ['-sf', '-o', '/dev/null', '-w', '%{time_total}', url]));
}
