import { once } from 'node:events';
import { connect } from 'node:net';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

/** As the kernel has them. */
it.each([[0], [2]])('backlog and tcp_keepidle hold for the port and its connections, with workers = %i', async (workers) => {
  const server = await Server.start({ conf: `workers = ${workers}\nbacklog = 77\ntcp_keepidle = 1234\n` });
  try {
    const { port } = new URL(server.url);
    const [listening] = (await run('ss', ['-H', '-ltn', `sport = :${port}`])).stdout.trim().split('\n');
    expect(listening?.split(/\s+/)[2]).toBe('77');
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /versions HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const { stdout } = await run('ss', ['-H', '-tno', `sport = :${port} and dport = :${socket.localPort}`]);
    expect(stdout).toMatch(/timer:\(keepalive,20min/);
    socket.destroy();
  } finally {
    await server.dispose();
  }
}, 60_000);
