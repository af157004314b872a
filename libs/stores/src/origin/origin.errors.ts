/**
 * A web server could not be asked: it cannot be reached, its name or certificate is wrong, it speaks no HTTP, takes too
 * long, or leads in a circle. Which of these it was says only the cause, for logs: told to a caller it would be a port scanner.
 */
export class OriginUnreachable extends Error {
  readonly code = 'OriginUnreachable';
  constructor(cause: unknown) {
    super('The web server could not be asked.', { cause });
  }
}
