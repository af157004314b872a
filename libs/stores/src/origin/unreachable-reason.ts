/** `connection`: it failed before there was any answer, or broke; `time`: nothing came for too long; `protocol`: it will fail again. */
export type FaultKind = 'connection' | 'time' | 'protocol';

export interface UnreachableReason {
  /** Half a sentence about the server. */
  readonly reason: string;
  readonly kind: FaultKind;
}

const CONNECTION: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the server refuses the connection',
  ECONNRESET: 'the server broke the connection off',
  EPIPE: 'the server broke the connection off',
  ETIMEDOUT: 'the server does not answer',
  EHOSTUNREACH: 'there is no way to the server',
  ENETUNREACH: 'there is no way to the server',
};

const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Why a server could not be asked, from the cause of an `OriginUnreachable`, in words of ours: what the server sent is not in them. */
export function unreachableReason(error: unknown): UnreachableReason {
  if (error instanceof OriginFault) return { reason: error.message, kind: error.kind };
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const connection = CONNECTION[code];
  return connection === undefined ? { reason: protocolReason(code), kind: 'protocol' } : { reason: connection, kind: 'connection' };
}

function protocolReason(code: string): string {
  if (CERTIFICATE.test(code)) return `the server's certificate is not valid (${code})`;
  if (code === 'HPE_HEADER_OVERFLOW') return 'the headers of the answer are too long';
  if (code.startsWith('HPE_')) return 'the server does not speak HTTP';
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code)) return 'TLS with the server fails';
  return `the server could not be asked${code === '' ? '' : ` (${code})`}`;
}

/** A fault that a client finds by itself; the message is half a sentence. */
export class OriginFault extends Error {
  constructor(message: string, readonly kind: FaultKind) {
    super(message);
  }
}
