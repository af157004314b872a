import { once } from 'node:events';
import { request, type ClientRequest } from 'node:http';
import { eventually } from './eventually.js';
import { ImageClient } from './image-client.js';
import type { Server } from './server.js';

export interface OpenUpload {
  readonly upload: ClientRequest;
  /** The status of the answer, which may come before the data's end; `cut` where there was none. */
  readonly answer: Promise<number | 'cut'>;
}

/** An upload that does not say how much comes. */
export function openUpload(server: Server, id: string, headers: Readonly<Record<string, string>> = {}): OpenUpload {
  const upload = request(`${server.url}/v2/images/${id}/file`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', ...headers } });
  const answer = once(upload, 'response').then(([response]) => {
    const { statusCode, resume } = response as { statusCode: number; resume(): void };
    resume.call(response);
    return statusCode;
  }, () => 'cut' as const);
  upload.on('error', () => undefined);
  return { upload, answer };
}

/** Sends so many bytes in pieces; stops where the answer comes before. */
export async function uploadInPieces(server: Server, id: string, size: number, piece = 64 * 1024): Promise<number | 'cut'> {
  const { upload, answer } = openUpload(server, id);
  let answered = false;
  void answer.then(() => (answered = true));
  for (let sent = 0; sent < size && !answered; sent += piece) {
    if (!upload.write(Buffer.alloc(Math.min(piece, size - sent), 'p'))) await Promise.race([once(upload, 'drain'), answer]);
  }
  if (!answered) upload.end();
  const status = await answer;
  upload.destroy();
  return status;
}

/** An upload that stands still after so many bytes, once the server has begun with it. */
export async function stalledUpload(server: Server, id: string, size: number): Promise<OpenUpload> {
  const open = openUpload(server, id);
  open.upload.write(Buffer.alloc(size, 's'));
  await eventually(async () => {
    const { status } = await new ImageClient(server).show(id);
    if (status !== 'saving') throw new Error(`image ${id} is ${status}`);
  });
  return open;
}
