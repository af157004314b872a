import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.js';
import { Syslog } from './syslog.js';

/** Prints what comes to a socket like /dev/log, a line each; Node has no such sockets. */
const RECEIVER = 'import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nwhile True: print(s.recv(1<<17).decode(),flush=True)';

describe('The log of the system', () => {
  let folder: string;
  let receiver: ChildProcess | undefined;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'syslog-'))));
  afterEach(async () => {
    if (receiver?.kill('SIGKILL')) await once(receiver, 'exit');
    receiver = undefined;
    rmSync(folder, { recursive: true });
  });

  const listen = async () => {
    const socket = join(folder, 'log');
    const lines: string[] = [];
    receiver = spawn('python3', ['-c', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.stdout?.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
    await eventually(async () => expect(existsSync(socket)).toBe(true), 20_000);
    return { socket, lines };
  };

  it('gets each line with its facility and severity, tag and process', async () => {
    const { socket, lines } = await listen();
    const syslog = new Syslog('LOG_LOCAL1', () => undefined, socket);
    syslog.write('2026-11-23 ERROR broken\n    at here\n', 'ERROR');
    syslog.write('<0>said by a client\n', 'INFO');
    await eventually(async () => expect(lines).toHaveLength(3), 20_000);
    expect(lines.map((line) => line.replace(/^(<\d+>).*? (glance-api\[\d+\]: )/, '$1$2'))).toEqual([
      `<139>glance-api[${process.pid}]: 2026-11-23 ERROR broken`, `<139>glance-api[${process.pid}]:     at here`, `<142>glance-api[${process.pid}]: <0>said by a client`,
    ]);
    syslog.close();
  }, 60_000);

  it('is missed once where it is not there, and never waited for', async () => {
    const complaints: string[] = [];
    const syslog = new Syslog('LOG_USER', (text) => complaints.push(text), join(folder, 'nobody'));
    for (let line = 0; line < 1000; line += 1) syslog.write(`${line}\n`, 'INFO');
    await eventually(async () => {
      syslog.write('more\n', 'INFO');
      expect(complaints).toEqual([expect.stringContaining('use_syslog: nobody takes lines')]);
    }, 20_000);
    syslog.write('and more\n', 'INFO');
    expect(complaints).toHaveLength(1);
    syslog.close();
  }, 60_000);
});
