/** Refusals of the HTTP edge itself, before anything of the domain is asked. */
abstract class ApiRefusal extends Error {
  abstract readonly code: string;
}

export class MalformedBody extends ApiRefusal {
  readonly code = 'MalformedBody';
}

export class InvalidValue extends ApiRefusal {
  readonly code = 'InvalidValue';
}

export class BodyTooLarge extends ApiRefusal {
  readonly code = 'BodyTooLarge';
  constructor(readonly maximum: number) {
    super(`The body of the request is larger than the ${maximum} bytes allowed.`);
  }
}

export class UnsupportedMediaType extends ApiRefusal {
  readonly code = 'NotAcceptableMediaType';
  constructor(readonly mediaType: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(`The request media type ${mediaType} is not supported by this server.\n`);
  }
}

export class RangeNotSatisfiable extends ApiRefusal {
  readonly code = 'RangeNotSatisfiable';
  readonly headers: Readonly<Record<string, string>>;
  constructor(message: string, size: number) {
    super(message);
    this.headers = { 'content-range': `bytes */${size}` };
  }
}

/** Pages beside the API that only admins see. */
export class AdminOnly extends ApiRefusal {
  readonly code = 'AdminOnly';
  constructor() {
    super('Only an admin may see this.');
  }
}

/** Metrics are told by address. */
export class MetricsRefused extends ApiRefusal {
  readonly code = 'MetricsRefused';
  constructor() {
    super('Metrics are not told to this address: [metrics] allowed_addresses says to whom.');
  }
}

/** Nobody knows who calls. */
export class Unauthenticated extends ApiRefusal {
  readonly code = 'Unauthenticated';
  readonly headers: Readonly<Record<string, string>>;
  /** keystonemiddleware answers JSON, whatever the client takes. */
  readonly document?: object;
  /** `identityUri`: where a token is to be had. */
  constructor(identityUri?: string) {
    const message = 'The request you have made requires authentication.';
    super(message);
    this.headers = identityUri === undefined ? {} : { 'www-authenticate': `Keystone uri="${identityUri}"` };
    if (identityUri !== undefined) this.document = { error: { code: 401, title: 'Unauthorized', message } };
  }
}

/** The node on whose disk the data is staged cannot be reached. */
export class NodeUnreachable extends ApiRefusal {
  readonly code = 'NodeUnreachable';
  constructor(cause: unknown) {
    super('Stage host is unavailable', { cause });
  }
}

/** It was reached, and gave no whole answer. */
export class NodeFailed extends ApiRefusal {
  readonly code = 'NodeFailed';
  constructor(cause: unknown) {
    super('Stage host is unavailable', { cause });
  }
}

export class RouteNotFound extends ApiRefusal {
  readonly code = 'RouteNotFound';
  constructor() {
    super('The resource could not be found.');
  }
}

export class MethodNotAllowed extends ApiRefusal {
  readonly code = 'MethodNotAllowed';
  readonly headers: Readonly<Record<string, string>>;
  constructor(method: string, allowed: readonly string[]) {
    super(`The method ${method} is not allowed for this resource. `);
    this.headers = { allow: allowed.join(', ') };
  }
}

/** A method that no resource has, on a path that does not exist. */
export class UnknownMethod extends ApiRefusal {
  readonly code = 'UnknownMethod';
  constructor(method: string) {
    super(`\nThe request method ${method} is not implemented for this server. `);
  }
}

export class RequestIdTooLong extends ApiRefusal {
  readonly code = 'RequestIdTooLong';
  constructor(readonly maximum: number) {
    super(`x-openstack-request-id is too long, max size ${maximum}`);
  }
}

/** One address or one project asks too often. */
export class TooManyRequests extends ApiRefusal {
  readonly code = 'TooManyRequests';
  readonly headers: Readonly<Record<string, string>>;
  /** In whole seconds. */
  constructor(retryAfter: number) {
    super(`Too many requests in a short time. Ask again after ${retryAfter} s.`);
    this.headers = { 'retry-after': String(retryAfter) };
  }
}

export class HeaderLineTooLong extends ApiRefusal {
  readonly code = 'HeaderLineTooLong';
  constructor(name: string, readonly maximum: number) {
    super(`The header ${name.slice(0, 64)} is longer than the ${maximum} bytes allowed.`);
  }
}

export class UriTooLong extends ApiRefusal {
  readonly code = 'UriTooLong';
  constructor(readonly maximum: number) {
    super(`The request URI is longer than the ${maximum} bytes allowed.`);
  }
}

export type ApiError =
  | MalformedBody | InvalidValue | BodyTooLarge | UnsupportedMediaType | RangeNotSatisfiable | NodeUnreachable | NodeFailed | RouteNotFound | MethodNotAllowed
  | UnknownMethod | RequestIdTooLong | HeaderLineTooLong | UriTooLong | TooManyRequests | MetricsRefused | AdminOnly | Unauthenticated;
