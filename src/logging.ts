import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Answered } from '#apps/api';
import { redactUrls } from '#settings';
import { answeredLine } from './logging/answered-line.js';
import { LogOutputs, type OutputOptions } from './logging/log-outputs.js';

export interface LoggingOptions extends OutputOptions {
  readonly debug: boolean;
  readonly json: boolean;
  /** True: every line says which process wrote it. */
  readonly pid?: boolean;
}

interface Line extends Record<string, unknown> {
  readonly time: string;
  readonly level: string;
  readonly pid?: number;
  readonly msg?: string;
  readonly context?: string;
  readonly err?: { readonly stack?: string };
}

const SECRETS = ['x-auth-token', 'x-service-token', 'authorization', 'cookie'].map((name) => `headers["${name}"]`);

/** `2026-11-23 01:02:03.456 [pid ]INFO [context] message key=value`, with the stack of an error below it. */
export function readableLine(json: string): string {
  const { time, pid, level, msg = '', context, err, ...rest } = JSON.parse(json) as Line;
  const more = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)}`);
  const head = `${time.replace('T', ' ').replace('Z', '')} ${pid === undefined ? '' : `${pid} `}${level} ${context === undefined ? '' : `[${context}] `}${msg}${more.join('')}`;
  return err?.stack === undefined ? `${head}\n` : `${head}\n${err.stack}\n`;
}

interface Open {
  readonly options: LoggingOptions;
  readonly outputs: LogOutputs;
}

/** Of the logger that was made last. */
let open: Open | undefined;

type Fields = () => object | undefined;

/** Say what goes on where a line is written: the request, the job in whose course it is. */
const inCourse = new Set<Fields>();

export function tellInLogs(fields: Fields): void {
  inCourse.add(fields);
}

const told = (): object => Object.assign({}, ...[...inCourse].map((fields) => fields())) as object;

const levelOf = (json: string): string => /^\{"level":"(\w+)"/.exec(json)?.[1] ?? 'INFO';

function destination(options: LoggingOptions): DestinationStream {
  const outputs = new LogOutputs(options);
  open?.outputs.close();
  open = { options, outputs };
  return { write: (line) => outputs.write(options.json ? line : readableLine(line), levelOf(line)) };
}

/** A line where all others are. */
export function logAnswered(answered: Answered): void {
  open?.outputs.writeSoon(answeredLine(answered, open.options));
}

const withoutPasswords = (value: unknown) => (typeof value === 'string' ? redactUrls(value) : value);

function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  return { type, message: redactUrls(message), stack: redactUrls(stack) };
}

/** No password of a URL, no token of a request comes through. */
export function createLogger(options: LoggingOptions, stream = destination(options)): Logger {
  return pino(
    {
      level: options.debug ? 'debug' : 'info',
      base: options.pid ? { pid: process.pid } : undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      redact: [...SECRETS, ...SECRETS.map((path) => `*.${path}`)],
      serializers: { err: plainError },
      hooks: {
        logMethod(parts, method) {
          method.apply(this, parts.map(withoutPasswords) as typeof parts);
        },
      },
    },
    stream,
  );
}

/** What Nest says about its own start is of interest to us only. */
const CHATTER = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Lets everything that logs through Nest's Logger come out here. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...more: unknown[]): void {
    const chatter = CHATTER.has(String(more.at(-1)));
    this.write(chatter ? 'debug' : 'info', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('trace', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('fatal', message, more);
  }

  /** Nest puts the context last, and the stack of an error before it. */
  private write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, more: readonly unknown[]): void {
    const context = typeof more.at(-1) === 'string' ? { context: more.at(-1) } : {};
    const others = 'context' in context ? more.slice(0, -1) : more;
    const error = [message, ...others].find((each) => each instanceof Error);
    const stack = others.find((each) => typeof each === 'string' && each.includes('\n    at '));
    const err = error ?? (typeof stack === 'string' ? { stack: redactUrls(stack) } : undefined);
    this.logger[level]({ ...context, ...told(), ...(err && { err }), ...detailsOf(message, error) }, textOf(message));
  }
}

function detailsOf(message: unknown, error: unknown): object {
  return typeof message === 'object' && message !== null && message !== error ? message : {};
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'object' && message !== null ? '' : String(message);
}
