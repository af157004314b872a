import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server on loopback that is gone, with its connections, after `close`. */
export interface WebServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or https. */
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

async function listening(server: Server | net.Server, protocol: string, requests: IncomingMessage[], address = '127.0.0.1'): Promise<WebServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
  return { port, url: `${protocol}://127.0.0.1:${port}`, requests, close };
}

export function webServer(handle: RequestListener, tls?: { readonly key: Buffer; readonly cert: Buffer }): Promise<WebServer> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    handle(request, response);
  };
  const server = tls ? https.createServer(tls, listener).on('tlsClientError', () => undefined) : http.createServer(listener);
  return listening(server, tls ? 'https' : 'http', requests);
}

/** Speaks by itself whatever it is told to, to whoever connects. */
export const rawServer = (speak: (socket: Socket) => void): Promise<WebServer> => listening(net.createServer(speak), 'http', []);

/** A certificate for loopback, signed by itself. */
export function selfSigned(): { readonly key: Buffer; readonly cert: Buffer; readonly certFile: string; dispose(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'afterimage-tls-'));
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=loopback', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...options, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  return { key: readFileSync(keyFile), cert: readFileSync(certFile), certFile, dispose: () => rmSync(dir, { recursive: true }) };
}
