import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, NestLogger, readableLine, tellInLogs } from './logging.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void, debug = false): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ debug, json: true }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('The log', () => {
  it('hides passwords of URLs in texts and in errors', () => {
    const secret = 'postgresql://u:s3cret@h/d';
    const lines = logged((logger) => {
      logger.info(`using ${secret}`);
      logger.error({ err: new Error(`cannot reach ${secret}`) }, 'failed');
      new NestLogger(logger).error(new Error(`no ${secret}`), 'Context');
    });
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('hides the tokens of requests', () => {
    const headers = { 'x-auth-token': 't0ken', authorization: 'Basic t0ken', accept: '*/*' };
    const lines = logged((logger) => logger.info({ headers, request: { headers } }, 'asked'));
    expect(JSON.stringify(lines)).not.toContain('t0ken');
    expect(lines[0]).toMatchObject({ headers: { accept: '*/*' } });
  });

  it('says in whose course a line was written, as one word', () => {
    let running: object | undefined = { jobId: 'e.r', requestId: 'req 1\nx=y' };
    tellInLogs(() => running);
    const [said] = logged((logger) => new NestLogger(logger).log('hello', 'Jobs'));
    running = undefined;
    expect(said).toMatchObject({ msg: 'hello', jobId: 'e.r', requestId: 'req 1\nx=y' });
    expect(readableLine(JSON.stringify(said))).toContain('hello jobId=e.r requestId="req 1\\nx=y"\n');
  });

  it('takes what Nest says, with its context and the stack of an error', () => {
    const [said, failed] = logged((logger) => {
      const nest = new NestLogger(logger);
      nest.log('hello', 'Greeter');
      nest.error('broken', 'Error: broken\n    at here.ts:1', 'Greeter');
    });
    expect(said).toMatchObject({ level: 'INFO', msg: 'hello', context: 'Greeter' });
    expect(failed).toMatchObject({ level: 'ERROR', msg: 'broken', err: { stack: 'Error: broken\n    at here.ts:1' } });
  });

  it('leaves out what Nest says of its own start unless debug is set', () => {
    const write = (logger: ReturnType<typeof createLogger>) => new NestLogger(logger).log('Mapped {/v2/images, GET} route', 'RouterExplorer');
    expect(logged(write)).toEqual([]);
    expect(logged(write, true)).toMatchObject([{ level: 'DEBUG' }]);
  });

  it('reads as a line for people, with the stack below', () => {
    const line = { time: '2026-11-23T01:02:03.456Z', level: 'WARN', msg: 'slow', context: 'Http', ms: 12, err: { stack: 'Error: x\n    at y' } };
    expect(readableLine(JSON.stringify(line))).toBe('2026-11-23 01:02:03.456 WARN [Http] slow ms=12\nError: x\n    at y\n');
  });

  it('goes to a file whose folder need not exist', () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'));
    const file = join(folder, 'deep/er/api.log');
    createLogger({ debug: false, json: false, file }).info('kept');
    expect(readFileSync(file, 'utf8')).toMatch(/^[\d-]+ [\d:.]+ INFO kept\n$/);
    rmSync(folder, { recursive: true });
  });
});
